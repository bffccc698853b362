"""What the environment says."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from serve.errors import ConfigurationError
from serve.settings.access import Access, first_plain
from serve.settings.reading import address, flag, number, with_files
from serve.settings.sources import STATE, JudgeConfig, PromptRegistryConfig

_CONFIGS = Path(__file__).resolve().parent.parent.parent / "configs"
_REVIEWS = f"sqlite:///{STATE / 'reviews.db'}"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says. Secrets are left out of `repr`."""

    redis_url: str = field(default="", repr=False)
    access: Access = field(default_factory=Access)
    """The keys that open the platform, by scope."""
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
    endpoint: str = field(default="", repr=False)
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
    run_dir: Path | None = None
    """Of one platform on one machine, for Ray's sessions, logs and sockets; None: a temporary one."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Raises ConfigurationError naming the variable and the values it may have."""
        env = with_files(os.environ if environ is None else environ)
        return cls(
            redis_url=env.get("REDIS_URL", ""),
            access=Access.from_environ(env),
            slack_url=address(env, "SLACK_WEBHOOK_URL"),
            events_enabled=flag(env, "LLM_EVENTS_ENABLED", True),
            trigger_rate=number(env, "LLM_EVENTS_TRIGGER_RATE", 0.1, 0, 1),
            cache_ttl_s=number(env, "EVENT_CACHE_TTL_SECONDS", 300, 1, 86_400),
            model=env.get("VLLM_MODEL", ""),
            endpoint=env.get("VLLM_ENDPOINT", "").rstrip("/"),
            endpoint_key=env.get("VLLM_API_KEY", ""),
            review_database=env.get("EVENTSMITH_REVIEW_DATABASE", "") or _REVIEWS,
            review_sample=number(env, "EVENTSMITH_REVIEW_SAMPLE", 0.1, 0, 1),
            judge=JudgeConfig.from_environ(env),
            prompts=PromptRegistryConfig.from_environ(env),
            config_dir=Path(env.get("EVENTSMITH_CONFIG_DIR", _CONFIGS)),
            run_dir=Path(path) if (path := env.get("EVENTSMITH_RUN_DIR", "").strip()) else None,
        )

    @staticmethod
    def own_key(environ: Mapping[str, str] | None = None) -> str:
        """A game key to call with: EVENTSMITH_KEY, else the first of EVENTSMITH_API_KEYS that is no digest.

        Raises ConfigurationError where there are keys and none of them is known.
        """
        env = with_files(os.environ if environ is None else environ)
        keys = env.get("EVENTSMITH_API_KEYS", "")
        own = env.get("EVENTSMITH_KEY", "").strip() or first_plain(keys)
        if keys.strip() and not own:
            raise ConfigurationError(
                "EVENTSMITH_API_KEYS holds digests alone; set EVENTSMITH_KEY to one of the keys"
            )
        return own

    def table(self, name: str) -> dict[str, Any]:
        """A YAML file of the configuration folder. Raises ConfigurationError if it is not there."""
        path = self.config_dir / name
        try:
            return yaml.safe_load(path.read_text("utf-8"))
        except (OSError, yaml.YAMLError) as error:
            raise ConfigurationError(
                f"cannot read {path}; point EVENTSMITH_CONFIG_DIR at the configs folder"
            ) from error
