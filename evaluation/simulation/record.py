"""What is kept of games and events: all figures are counted from these."""

from dataclasses import dataclass, field
from enum import StrEnum

from serve.domain.state import Difficulty
from serve.serving import Source


class Ending(StrEnum):
    """How a game ended."""

    PLAYED = "played"
    """To its last turn."""
    BANKRUPT = "bankrupt"
    OUTAGE = "outage"


@dataclass(frozen=True, slots=True)
class Met:
    """One event, met by one player."""

    source: Source
    key: str
    """Of the pool, without prompt and model."""
    waited_s: float
    again: bool
    """The player had met its story in this game, by the platform's name for it."""
    again_unnoticed: bool
    """The same by its author's name, though the platform took it for another story."""
    choices: int
    deadly: int
    """Choices that would have ended the game."""
    dominated: int
    """Choices that are nowhere better than another one."""
    took_deadly: bool
    took_dominated: bool

    @property
    def repeated(self) -> bool:
        return self.again or self.again_unnoticed

    @property
    def lethal(self) -> bool:
        """Whether no choice was left that the player survives."""
        return self.deadly == self.choices


@dataclass(slots=True)
class Played:
    """One game, to its end."""

    number: int
    player: str
    """Name of the policy."""
    difficulty: Difficulty
    met: list[Met] = field(default_factory=list[Met])
    wealth: list[int] = field(default_factory=list[int])
    """Won above the bankruptcy line at the start of every turn, and at the end; never below 0."""
    ending: Ending = Ending.PLAYED
    by_event: bool = False
    """An event's choice ended it."""
