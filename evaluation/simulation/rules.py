"""The game between its events, as `configs/evaluation/game.yaml` says it."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from serve.domain.state import Difficulty
from serve.errors import ConfigurationError

MoveName = Literal["advertise", "build", "save"]


class _Rules(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Start(_Rules):
    """How a game begins, and how long it lasts."""

    turns: int = Field(ge=1, le=30)
    cash: int
    """Won."""
    trust: int = Field(ge=0, le=100)


class Move(_Rules):
    """What an ordinary turn brings."""

    users: float
    """Share of the users there are."""
    least_users: int = Field(ge=0)
    """People gained, however few users there are."""
    cash: int
    """Won, in the first stage; it grows with the stage's band."""
    trust: int


class GameRules(_Rules):
    """Assumptions of ours, but for starts and lengths."""

    starts: dict[Difficulty, Start]
    income_per_user: int = Field(ge=0)
    """Won a turn."""
    upkeep_per_service: int = Field(ge=0)
    """Won a turn."""
    growth: float = Field(ge=0, le=1)
    """Share of users gained a turn at trust 100, lost at trust 0."""
    capacity: int = Field(gt=0)
    """Users that a service carries."""
    crowded: int = Field(ge=0)
    """Points of trust lost a turn by a company with more users than that."""
    reserve: int = Field(ge=0)
    """Won above bankruptcy, in the first stage, below which nobody spends."""
    moves: dict[MoveName, Move] = Field(min_length=3)

    @classmethod
    def parse(cls, table: Mapping[str, Any]) -> "GameRules":
        """Raises ConfigurationError naming the entry that is missing or wrong."""
        try:
            return cls.model_validate(table)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise ConfigurationError(f"evaluation/game.yaml: {where}: {first['msg']}") from error
