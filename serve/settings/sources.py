"""Where a judge and the prompt in force come from, when it is from elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from serve.errors import ConfigurationError
from serve.settings.reading import number

_BUNDLED = frozenset({"bundled", "eventsmith-small"})
STATE = Path(__file__).resolve().parent.parent.parent / ".eventsmith"
"""Where the platform keeps what outlives it, unless told otherwise."""


@dataclass(frozen=True, slots=True)
class JudgeConfig:
    """A model that judges a share of what is written; see docs/judge.md."""

    endpoint: str = field(repr=False)
    """Base URL of an OpenAI-compatible server; it may hold a password, as any address here."""
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
        sample = number(env, "EVENTSMITH_JUDGE_SAMPLE", 0.05, 0, 1)
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

    uri: str = field(repr=False)
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
            poll_s=number(env, "PROMPT_POLL_SECONDS", 30, 1, 3600),
            state=Path(env.get("PROMPT_STATE", "").strip() or STATE / "prompt.yaml"),
            user=env.get("MLFLOW_TRACKING_USERNAME", ""),
            password=env.get("MLFLOW_TRACKING_PASSWORD", ""),
            token=env.get("MLFLOW_TRACKING_TOKEN", ""),
        )


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
