"""One line of a dataset: the player an event is asked for."""

from enum import StrEnum

from pydantic import Field

from serve.domain.event import EventType
from serve.domain.state import GameState, Locale, WireModel


class Origin(StrEnum):
    """Where a scenario comes from."""

    PLAYED = "played"
    """A turn of a game played by the simulator."""
    HANDMADE = "handmade"
    """A corner somebody thought of."""


class Scenario(WireModel):
    """A game state under which every variant is asked for an event."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,60}$")
    """Unique in its dataset; results of two runs are paired by it."""
    game_state: GameState
    locale: Locale = Locale.KO
    event_type: EventType | None = None
    """Asked for; None leaves it to chance, the same chance for every variant."""
    origin: Origin = Origin.PLAYED
    note: str = ""
    """What makes it worth asking."""
