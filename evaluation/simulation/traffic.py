"""Who plays and who writes in a simulation, as `configs/evaluation/traffic.yaml` says it."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from serve.errors import ConfigurationError


class _Traffic(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EngineSpeed(_Traffic):
    """What the engine can do."""

    seconds: float = Field(gt=0)
    """Per event, on average."""
    parallel: int = Field(ge=1)
    """Events written at once."""


class Traffic(_Traffic):
    """Assumptions of ours."""

    turn_s: float = Field(gt=0)
    """Seconds between two turns of a player, on average."""
    english: float = Field(ge=0, le=1)
    """Share of the players."""
    careless: float = Field(ge=0, le=1)
    """Share of the players who keep no reserve."""
    engine: EngineSpeed

    @classmethod
    def parse(cls, table: Mapping[str, Any]) -> "Traffic":
        """Raises ConfigurationError naming the entry that is missing or wrong."""
        try:
            return cls.model_validate(table)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise ConfigurationError(f"evaluation/traffic.yaml: {where}: {first['msg']}") from error
