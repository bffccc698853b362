"""Everything that can be set: secrets and switches from the environment, the rest from `configs/`.

Read once, at the edge: `Settings.from_environ` in the command line and the composition root.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from serve.errors import ConfigurationError

_CONFIGS = Path(__file__).resolve().parent.parent / "configs"
_STATE = _CONFIGS.parent / ".eventsmith"
_REVIEWS = f"sqlite:///{_STATE / 'reviews.db'}"
_BUNDLED = frozenset({"bundled", "eventsmith-small"})
_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


@dataclass(frozen=True, slots=True)
class JudgeConfig:
    """A model that judges a share of what is written; see docs/judge.md."""

    endpoint: str
    """Base URL of an OpenAI-compatible server."""
    model: str
    key: str = field(default="", repr=False)
    sample: float = 0.05
    """Share of the drafts kept that are judged."""

    @classmethod
    def from_environ(cls, env: Mapping[str, str]) -> "JudgeConfig | None":
        """None without an endpoint. `engine` as endpoint means the server at `VLLM_ENDPOINT`.

        Raises ConfigurationError naming the variable and the cure.
        """
        endpoint, model, key = _judge(env)
        if Path(model).name in _BUNDLED:
            raise ConfigurationError(
                "EVENTSMITH_JUDGE_MODEL: the bundled model only knows how to write drafts and "
                "cannot judge; name an instruction-tuned model and its server in "
                "EVENTSMITH_JUDGE_ENDPOINT"
            )
        sample = _number(env, "EVENTSMITH_JUDGE_SAMPLE", 0.05, 0, 1)
        if not endpoint:
            return None
        if not endpoint.startswith(("http://", "https://")):
            raise ConfigurationError(
                "EVENTSMITH_JUDGE_ENDPOINT must be `engine` or an address such as "
                "http://models:8000/v1"
            )
        if not model:
            raise ConfigurationError(
                "EVENTSMITH_JUDGE_MODEL is not set; name the model that "
                "EVENTSMITH_JUDGE_ENDPOINT serves"
            )
        return cls(endpoint, model, key, sample)


@dataclass(frozen=True, slots=True)
class PromptRegistryConfig:
    """MLflow's prompt registry as the place where the prompt in force comes from."""

    uri: str
    """Of an MLflow server."""
    name: str
    alias: str
    poll_s: float
    state: Path
    """Where the last good variant is kept, for a start without MLflow."""
    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    @classmethod
    def from_environ(cls, env: Mapping[str, str]) -> "PromptRegistryConfig | None":
        """None unless `PROMPT_SOURCE` is `registry`.

        Raises ConfigurationError naming the variable and the cure.
        """
        source = env.get("PROMPT_SOURCE", "").strip().lower() or "file"
        if source not in ("file", "registry"):
            raise ConfigurationError("PROMPT_SOURCE must be `file` or `registry`")
        if source == "file":
            return None
        uri = env.get("MLFLOW_TRACKING_URI", "").strip().rstrip("/")
        if not uri.startswith(("http://", "https://")):
            raise ConfigurationError(
                "PROMPT_SOURCE is `registry`, which needs MLFLOW_TRACKING_URI to be the address of "
                "an MLflow server; start one by `mlflow server`"
            )
        return cls(
            uri,
            name=env.get("PROMPT_NAME", "").strip() or "eventsmith",
            alias=env.get("PROMPT_ALIAS", "").strip() or "production",
            poll_s=_number(env, "PROMPT_POLL_SECONDS", 30, 1, 3600),
            state=Path(env.get("PROMPT_STATE", "").strip() or _STATE / "prompt.yaml"),
            user=env.get("MLFLOW_TRACKING_USERNAME", ""),
            password=env.get("MLFLOW_TRACKING_PASSWORD", ""),
            token=env.get("MLFLOW_TRACKING_TOKEN", ""),
        )


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says. Secrets are left out of `repr`."""

    redis_url: str = field(default="", repr=False)
    api_keys: tuple[str, ...] = field(default=(), repr=False)
    evaluation_keys: tuple[str, ...] = field(default=(), repr=False)
    """Keys for evaluations of a running platform, with a small quota of their own."""
    admin_token: str = field(default="", repr=False)
    alerts_token: str = field(default="", repr=False)
    """Of Alertmanager, for `POST /api/llm/alerts` and nothing else."""
    slack_url: str = field(default="", repr=False)
    """Slack's incoming webhook; the address is a secret."""
    events_enabled: bool = True
    """The default of the feature flag `llm-events`."""
    trigger_rate: float = 0.1
    """Share of turns on which the game asks for an event; told to clients by `/config`."""
    cache_ttl_s: float = 300.0
    """How long a draft is fresh."""
    model: str = ""
    """Overrides the configuration's model: a path or a name the engine can load."""
    endpoint: str = ""
    """Base URL of an OpenAI-compatible server; set, it replaces the engine in process."""
    endpoint_key: str = field(default="", repr=False)
    review_database: str = field(default=_REVIEWS, repr=False)
    """SQLAlchemy URL of the reviews by people; it may hold a password."""
    review_sample: float = 0.1
    """Share of all events written that a person sees, whatever their score."""
    judge: JudgeConfig | None = None
    prompts: PromptRegistryConfig | None = None
    """None: the prompt is the file that the configuration names."""
    config_dir: Path = _CONFIGS

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Raises ConfigurationError naming the variable and the values it may have."""
        env = os.environ if environ is None else environ
        return cls(
            redis_url=env.get("REDIS_URL", ""),
            api_keys=_keys(env, "EVENTSMITH_API_KEYS"),
            evaluation_keys=_keys(env, "EVENTSMITH_EVALUATION_KEYS"),
            admin_token=env.get("EVENTSMITH_ADMIN_TOKEN", ""),
            alerts_token=env.get("EVENTSMITH_ALERTS_TOKEN", "").strip(),
            slack_url=_address(env, "SLACK_WEBHOOK_URL"),
            events_enabled=_flag(env, "LLM_EVENTS_ENABLED", True),
            trigger_rate=_number(env, "LLM_EVENTS_TRIGGER_RATE", 0.1, 0, 1),
            cache_ttl_s=_number(env, "EVENT_CACHE_TTL_SECONDS", 300, 1, 86_400),
            model=env.get("VLLM_MODEL", ""),
            endpoint=env.get("VLLM_ENDPOINT", "").rstrip("/"),
            endpoint_key=env.get("VLLM_API_KEY", ""),
            review_database=env.get("EVENTSMITH_REVIEW_DATABASE", "") or _REVIEWS,
            review_sample=_number(env, "EVENTSMITH_REVIEW_SAMPLE", 0.1, 0, 1),
            judge=JudgeConfig.from_environ(env),
            prompts=PromptRegistryConfig.from_environ(env),
            config_dir=Path(env.get("EVENTSMITH_CONFIG_DIR", _CONFIGS)),
        )

    def table(self, name: str) -> dict[str, Any]:
        """A YAML file of the configuration folder. Raises ConfigurationError if it is not there."""
        path = self.config_dir / name
        try:
            return yaml.safe_load(path.read_text("utf-8"))
        except (OSError, yaml.YAMLError) as error:
            raise ConfigurationError(
                f"cannot read {path}; point EVENTSMITH_CONFIG_DIR at the configs folder"
            ) from error


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


class PlatformArgs(_Config):
    """Arguments of `serve.app:build`, the `args` of an application in `configs/serve/*.yaml`."""

    prompt: str = "compact"
    default_deadline_s: float = Field(default=2.8, gt=0, le=30)
    generation_budget_s: float = Field(default=8.0, gt=0, le=120)
    """After this a generation is given up even though it would only fill the pool."""
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


def _judge(env: Mapping[str, str]) -> tuple[str, str, str]:
    """(endpoint, model, key) as they are set, the engine's own where it is to judge."""
    endpoint = env.get("EVENTSMITH_JUDGE_ENDPOINT", "").strip().rstrip("/")
    model = env.get("EVENTSMITH_JUDGE_MODEL", "").strip()
    key = env.get("EVENTSMITH_JUDGE_KEY", "").strip()
    if endpoint != "engine":
        return endpoint, model, key
    engine = env.get("VLLM_ENDPOINT", "").rstrip("/")
    if not engine:
        raise ConfigurationError(
            "EVENTSMITH_JUDGE_ENDPOINT is `engine`, but without VLLM_ENDPOINT the engine runs in "
            "process and serves nobody else; set VLLM_ENDPOINT, or give another server's address"
        )
    return engine, model or env.get("VLLM_MODEL", ""), key or env.get("VLLM_API_KEY", "")


def _keys(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(key.strip() for key in env.get(name, "").split(",") if key.strip())


def _address(env: Mapping[str, str], name: str) -> str:
    """Empty, or an HTTP address; the value itself is not repeated, for it may be a secret."""
    address = env.get(name, "").strip()
    if address and not address.startswith(("http://", "https://")):
        raise ConfigurationError(f"{name} must be an address that begins with https://")
    return address


def _flag(env: Mapping[str, str], name: str, default: bool) -> bool:
    text = env.get(name, "").strip().lower()
    if text in _TRUE | _FALSE:
        return text in _TRUE
    if text:
        raise ConfigurationError(f"{name} must be true or false")
    return default


def _number(env: Mapping[str, str], name: str, default: float, low: float, high: float) -> float:
    text = env.get(name, "").strip()
    try:
        number = float(text) if text else default
    except ValueError:
        number = low - 1
    if not low <= number <= high:
        raise ConfigurationError(f"{name} must be a number from {low:g} to {high:g}")
    return number
