"""The player's situation, and the coarse features of it that a draft is written for."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, FailFast, Field, StrictInt, field_validator
from pydantic.alias_generators import to_camel

CANONICAL_INFRASTRUCTURE = (
    "EC2", "Route53", "CloudWatch", "RDS", "S3", "Auto Scaling", "ALB", "ECS", "Aurora", "Redis",
    "EKS", "Karpenter", "Lambda", "Bedrock", "Aurora Global DB", "CloudFront", "dr-configured",
    "multi-region",
)  # fmt: skip
"""The names the game looks capacity up by; spelling is exact."""

_ALIASES = {
    "autoscaling": "Auto Scaling",
    "elasticache": "Redis",
    "auroraglobaldb": "Aurora Global DB",
} | {name.lower().replace(" ", "").replace("-", ""): name for name in CANONICAL_INFRASTRUCTURE}

CONTAINERS = frozenset({"ECS", "EKS", "Karpenter"})
GLOBAL = frozenset({"Aurora Global DB", "dr-configured", "multi-region"})


class Difficulty(StrEnum):
    EASY = "EASY"
    NORMAL = "NORMAL"
    HARD = "HARD"


class Locale(StrEnum):
    KO = "ko"
    EN = "en"


class Stage(StrEnum):
    """The company's age, by turn: 1-5, 6-10, 11-15, 16-20, 21 and later."""

    EARLY = "early"
    GROWTH = "growth"
    EXPANSION = "expansion"
    SCALE_UP = "scale-up"
    IPO_PREP = "ipo-prep"

    @classmethod
    def of_turn(cls, turn: int) -> "Stage":
        return _STAGES[min((turn - 1) // 5, 4)]

    @property
    def first_turn(self) -> int:
        return 1 + 5 * _STAGES.index(self)


_STAGES = tuple(Stage)


class MoneyPressure(StrEnum):
    """How close the company is to running out of money, measured in early-game budgets."""

    TIGHT = "tight"
    STEADY = "steady"
    RICH = "rich"


class TrustTier(StrEnum):
    LOW = "low"
    MIDDLE = "middle"
    HIGH = "high"


class InfrastructureTier(StrEnum):
    """How far the architecture is: bare servers, managed services, containers, several regions."""

    BASIC = "basic"
    MANAGED = "managed"
    CONTAINERS = "containers"
    GLOBAL = "global"


def canonical_name(name: str) -> str:
    """The game's own spelling of an infrastructure name; an unknown name comes back as it was."""
    return _ALIASES.get(name.lower().replace(" ", "").replace("-", "").replace("_", ""), name)


def canonical_names(names: Iterable[str]) -> tuple[str, ...]:
    """Canonical, without repeats, in the order given."""
    return tuple(dict.fromkeys(canonical_name(name) for name in names))


class WireModel(BaseModel):
    """Immutable, camelCase on the wire, tolerant of fields a newer client may send."""

    model_config = ConfigDict(
        frozen=True, alias_generator=to_camel, populate_by_name=True, extra="ignore"
    )


Name = Annotated[str, Field(min_length=1, max_length=40)]


class GameState(WireModel):
    """What the game knows about the player's company this turn."""

    current_turn: StrictInt = Field(ge=1, le=30)
    """1..30."""
    difficulty: Difficulty = Difficulty.NORMAL
    cash: StrictInt = Field(ge=-(10**13), le=10**13)
    """Won; may be negative."""
    users: StrictInt = Field(ge=0, le=10**10)
    """People."""
    trust: StrictInt = Field(ge=0, le=100)
    """Points, 0..100."""
    infrastructure: Annotated[tuple[Name, ...], FailFast()] = Field(default=(), max_length=40)
    """Names of what is owned, canonical where the game knows them. The first wrong one ends the reading:
    thirty thousand of them cost half a second."""

    @field_validator("infrastructure")
    @classmethod
    def _canonical(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        return canonical_names(names)

    @property
    def stage(self) -> Stage:
        return Stage.of_turn(self.current_turn)

    @property
    def owned(self) -> frozenset[str]:
        """What is owned, as a set."""
        return frozenset(self.infrastructure)

    @property
    def canonical(self) -> "GameState":
        """The same company with canonical infrastructure alone: nothing in it is a client's own text."""
        known = tuple(name for name in self.infrastructure if name in CANONICAL_INFRASTRUCTURE)
        return self.model_copy(update={"infrastructure": known})

    @property
    def trust_tier(self) -> TrustTier:
        if self.trust < 35:
            return TrustTier.LOW
        return TrustTier.MIDDLE if self.trust < 70 else TrustTier.HIGH

    @property
    def infrastructure_tier(self) -> InfrastructureTier:
        if self.owned & GLOBAL:
            return InfrastructureTier.GLOBAL
        if self.owned & CONTAINERS:
            return InfrastructureTier.CONTAINERS
        known = self.owned & set(CANONICAL_INFRASTRUCTURE)
        return InfrastructureTier.BASIC if known <= {"EC2"} else InfrastructureTier.MANAGED
