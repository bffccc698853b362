"""A suite as its YAML file says it; see `configs/evaluation/*.yaml`."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from evaluation.suite.prices import Prices
from serve.errors import ConfigurationError
from serve.settings import EngineConfig

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,40}$")]


class _Config(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


class Pipeline(_Config):
    """The platform's own pipeline in this process, vLLM included."""

    target: Literal["pipeline"] = "pipeline"
    engine: EngineConfig = EngineConfig()
    prices: Prices | None = None


class Endpoint(_Config):
    """The same pipeline, its engine any OpenAI-compatible server."""

    target: Literal["endpoint"]
    url: str = Field(pattern=r"^https?://")
    model: str
    key_env: str = ""
    """The environment variable that holds the server's key."""
    prices: Prices | None = None


class Platform(_Config):
    """A running platform, asked as a game would ask; its prompt and sampling are its own."""

    target: Literal["platform"]
    url: str = Field(pattern=r"^https?://")
    key_env: str = ""
    """The environment variable that holds one of the platform's `EVENTSMITH_EVALUATION_KEYS`."""
    requests_per_second: float = Field(default=2.0, gt=0, le=100)
    """Sent at the most, so that players are never slowed."""
    deadline_ms: int = Field(default=10_000, ge=100, le=30_000)
    prices: Prices | None = None


Target = Annotated[Pipeline | Endpoint | Platform, Field(discriminator="target")]


class SuiteConfig(_Config):
    """Which scenarios are asked of which prompts, models and sampling settings, how often."""

    name: Name
    dataset: str = "standard"
    """A shipped dataset's name, or a path relative to the suite's file."""
    scenarios: int | None = Field(default=None, ge=1)
    """At most so many, spread over the dataset; all of them by default."""
    repeats: int = Field(default=1, ge=1, le=100)
    seed: int = 0
    concurrency: int = Field(default=4, ge=1, le=256)
    timeout_s: float = Field(default=60.0, gt=0)
    prompts: tuple[str, ...] = Field(default=("compact",), min_length=1)
    """Names of variants in `serve/prompts`, or paths relative to the suite's file."""
    models: dict[Name, Target] = Field(min_length=1)
    sampling: dict[Name, dict[str, float]] = Field(default={"default": {}}, min_length=1)
    """What each setting changes of the variant's own sampling."""
    baseline: str | None = None
    """The arm that others are compared with: `variant/model/sampling`; the first by default."""
    traces: int = Field(default=20, ge=0)
    """Generations an arm that are logged as traces."""
    margin: float = Field(default=2.0, gt=0)
    """Points within which two arms count as equally good."""

    @model_validator(mode="before")
    @classmethod
    def _pipeline_by_default(cls, table: Any) -> Any:
        models = table.get("models") if isinstance(table, dict) else None
        if isinstance(models, dict):
            named = {name: {"target": "pipeline"} | (one or {}) for name, one in models.items()}
            return table | {"models": named}
        return table

    @model_validator(mode="after")
    def _no_repeats(self) -> Self:
        if len(set(self.prompts)) < len(self.prompts):
            raise ValueError("prompts: one is named twice")
        return self


def read_suite(path: Path) -> SuiteConfig:
    """Raises ConfigurationError naming the file, the field and what is wrong with it."""
    try:
        table = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read ({error.strerror})") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: is not YAML: {error}".replace("\n", " ")) from error
    if not isinstance(table, dict):
        raise ConfigurationError(f"{path}: must hold a table with `name` and `models`")
    try:
        return SuiteConfig.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "suite"
        raise ConfigurationError(f"{path}: {where}: {first['msg']}") from error
