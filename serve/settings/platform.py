"""What `configs/serve/*.yaml` says: the arguments of the application."""

from itertools import pairwise
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class _Config(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


class EngineConfig(_Config):
    """How vLLM is started; one place for laptop and GPU node alike."""

    model: str = "bundled"
    """`bundled`, a local path, or a model's name."""
    device: Literal["cpu", "gpu"] = "cpu"
    dtype: str = "bfloat16"
    tensor_parallel_size: int = Field(default=1, ge=1)
    max_model_len: int = Field(default=1024, ge=256)
    max_num_seqs: int = Field(default=16, ge=1)
    kv_cache_mib: int | None = 128
    """Explicit on the CPU, where vLLM cannot measure; null on a GPU: all that is left there."""
    gpu_memory_utilization: float = Field(default=0.1, gt=0, lt=1)
    enforce_eager: bool = True
    threads: int = Field(default=1, ge=1)
    """CPU threads per replica; one is best below 30 M parameters."""
    vllm: dict[str, Any] = {}
    """Further arguments of vLLM's `AsyncEngineArgs`, by its names, such as `speculative_config`."""


class PoolConfig(_Config):
    """Freshness and size of the pool of drafts."""

    hard_ttl_s: float = Field(default=1800, gt=0)
    """Past this a draft is gone."""
    largest: int = Field(default=12, ge=1)
    """Drafts held per key at most."""
    seen_ttl_s: int = Field(default=7200, gt=0)
    """How long it is remembered what a player has seen: longer than a game."""
    record_ttl_s: int = Field(default=86_400, gt=0)
    """How long flight records and feedback are kept."""


class BreakerConfig(_Config):
    """When the generation path is shut by itself, and how it opens again."""

    failure_share: float = Field(default=0.5, gt=0, le=1)
    least: int = Field(default=10, ge=1)
    """Attempts within the window below which nothing is concluded."""
    window_s: float = Field(default=30, gt=0)
    cool_down_s: float = Field(default=5, gt=0)
    """Until the first shadow generation; doubled by each that fails."""
    longest_cool_down_s: float = Field(default=60, gt=0)
    closes_after: int = Field(default=3, ge=1)
    """Good shadow generations in a row."""
    auto_restore: bool = False
    """Whether the same probing switches a flag on again that an alert switched off."""


class RolloutConfig(_Config):
    """Stages of a roll-out, and what its arms are held to."""

    stages: tuple[float, ...] = (10, 25, 50, 100)
    """Percent of players, in rising order."""
    hold_hours: float = Field(default=24, gt=0)
    """How long each stage lasts at least."""
    look_every_s: float = Field(default=10, gt=0)
    least_requests: int = Field(default=500, ge=1)
    """Of an arm and stage, below which nothing good is concluded."""
    least_drafts: int = Field(default=50, ge=1)
    error_share: float = Field(default=0.05, gt=0, lt=1)
    """Of an arm's events: those that a fault or want of a draft made hand-written."""
    slow_share: float = Field(default=0.05, gt=0, lt=1)
    """Of an arm's events: later than 3 s, which is where the 95th percentile must not be."""
    quality: float = Field(default=70, ge=0, le=100)
    discard_share: float = Field(default=0.5, gt=0, lt=1)
    """Of an arm's attempts at a draft: those that came to nothing."""
    worse_by: float = Field(default=0.02, gt=0, lt=1)
    """How much greater the candidate's share of errors or slow events may be than the current one's."""
    points_fewer: float = Field(default=3, gt=0)
    discards_more: float = Field(default=0.15, gt=0, lt=1)

    @model_validator(mode="after")
    def _rising(self) -> Self:
        rising = all(low < high for low, high in pairwise((0, *self.stages)))
        if not self.stages or not rising or self.stages[-1] != 100:
            raise ValueError("stages: must rise and end with 100")
        return self


class CandidateConfig(_Config):
    """A new prompt or model beside the current one; a roll-out says which players get it."""

    prompt: str | None = None
    """None: the current one."""
    engine: EngineConfig | None = None
    """None: the current one; else it becomes the deployment EventEngineCanary."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.prompt is None and self.engine is None:
            raise ValueError("name a prompt or an engine that differs from the current one")
        return self


class PlatformArgs(_Config):
    """Arguments of `serve.app:build`, the `args` of an application in `configs/serve/*.yaml`."""

    prompt: str = "compact"
    default_deadline_s: float = Field(default=2.8, gt=0, le=30)
    generation_budget_s: float = Field(default=8.0, gt=0, le=120)
    """After this a generation is given up even though it would only fill the pool."""
    concurrent_generations: int = Field(default=16, ge=1)
    """For players who wait, at once per cache replica; past it, clients (keys) take turns."""
    slow_generation_s: float | None = Field(default=None, gt=0)
    """Down to a quarter of those while each takes longer; None where more engines are started instead."""
    background_generations: int = Field(default=1, ge=0)
    """Refills in flight at once per cache replica; players waiting come first."""
    request_log: bool = True
    """One JSON line per request on the replicas' standard output."""
    requests_per_second_per_key: float = Field(default=200, gt=0)
    evaluation_requests_per_second: float = Field(default=2, gt=0)
    """Of each key in `EVENTSMITH_EVALUATION_KEYS`, per replica: players come first."""
    engine: EngineConfig = EngineConfig()
    pool: PoolConfig = PoolConfig()
    breaker: BreakerConfig = BreakerConfig()
    rollout: RolloutConfig = RolloutConfig()
    candidate: CandidateConfig | None = None
