"""A prompt variant: its text, how it is sampled, and what it is called in metrics and records."""

from importlib.resources import files
from typing import Literal, NamedTuple, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from serve.domain.brief import Brief
from serve.domain.state import Locale
from serve.errors import ConfigurationError

_FEATURES = (
    "locale",
    "event_type",
    "stage",
    "difficulty",
    "pressure",
    "trust",
    "tier",
    "uses",
    "offers",
    "angle",
)
"""What a prompt may ask to be filled in, in braces."""
_NOTHING: dict[str, str] = dict.fromkeys(_FEATURES, "")


class Prompt(NamedTuple):
    """What is sent to an engine: plain text to complete, or a system and a user message."""

    system: str | None
    user: str


class Sampling(BaseModel):
    """How tokens are drawn; none of it ever comes from a client."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    temperature: float = Field(default=0.9, ge=0, le=2)
    top_p: float = Field(default=0.95, gt=0, le=1)
    min_p: float = Field(default=0.0, ge=0, lt=1)
    """Least probability of a token, as a share of the likeliest one's: it prunes slips where one
    token is nearly certain, and leaves a free choice where many are as good."""
    max_tokens: int = Field(default=400, ge=32, le=2048)


class PromptVariant(BaseModel):
    """One `serve/prompts/NAME.yaml`. The constant part, which the engine caches, comes first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,40}$")
    """Recorded with every event and part of the pool's key."""
    format: Literal["completion", "chat"]
    """`completion`: the text goes in as it is; `chat`: through the model's own chat template."""
    system: dict[Locale, str] = {}
    user: dict[Locale, str]
    """For every locale: a request must never meet a variant that cannot answer it."""
    nothing: dict[Locale, str]
    """What stands for "no infrastructure"."""
    words: dict[Locale, dict[str, str]] = {}
    """How a feature's value is put into words; a value not listed stands as it is."""
    sampling: Sampling = Sampling()

    @model_validator(mode="after")
    def _complete(self) -> Self:
        """Every locale is there, and no placeholder that no brief fills."""
        for locale in Locale:
            for field in ("user", "nothing", *(("system",) if self.system else ())):
                if locale not in getattr(self, field):
                    raise ValueError(f"{field}: has no text for {locale}")
            try:
                self.user[locale].format_map(_NOTHING)
            except (KeyError, ValueError, IndexError) as error:
                raise ValueError(
                    f"user.{locale}: {{{error}}} is no feature; there are {', '.join(_FEATURES)}"
                ) from error
        return self

    def render(self, brief: Brief) -> Prompt:
        """The prompt for this brief."""
        locale = brief.situation.locale
        nothing = self.nothing[locale]
        values = {
            "locale": locale.value,
            "event_type": brief.event_type.value,
            "stage": brief.situation.stage.value,
            "difficulty": brief.situation.difficulty.value,
            "pressure": brief.situation.pressure.value,
            "trust": brief.situation.trust.value,
            "tier": brief.situation.tier.value,
            "uses": brief.uses or nothing,
            "offers": brief.offers or nothing,
            "angle": str(brief.angle),
        }
        words = self.words.get(locale, {})
        spoken = {
            name: words.get(f"{name}.{value}", words.get(value, value))
            for name, value in values.items()
        }
        system = self.system.get(locale)
        return Prompt(system, self.user[locale].format_map(spoken))


def available() -> tuple[str, ...]:
    """Names of the variants that ship with the platform."""
    names = (entry.name for entry in files("serve.prompts").iterdir())
    return tuple(sorted(name[:-5] for name in names if name.endswith(".yaml")))


def load(name: str) -> PromptVariant:
    """Raises ConfigurationError when there is no such variant or a field of it is wrong."""
    if name not in available():
        raise ConfigurationError(f"no prompt variant {name!r}; there are {', '.join(available())}")
    return parse(source_text(name), f"prompt variant {name}")


def source_text(name: str) -> str:
    """The YAML of a variant that ships with the platform."""
    return (files("serve.prompts") / f"{name}.yaml").read_text("utf-8")


def parse(text: str, source: str) -> PromptVariant:
    """A variant from its YAML. Raises ConfigurationError naming the source and the field."""
    try:
        return PromptVariant.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        told = " ".join(str(error).split())
        raise ConfigurationError(f"{source}: is not YAML: {told}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(f"{source}: {where}: {first['msg']}") from error
