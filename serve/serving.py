"""What is asked for, and what is served."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b
from random import getrandbits
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from serve.domain.brief import Situation
from serve.domain.event import EventType, Figures, GameEvent
from serve.domain.ready import Ready
from serve.domain.state import GameState, Locale
from serve.quality import Quality

_RESERVE_S = 0.025
"""Kept back of every deadline for resolving, checking and sending the answer."""


_PATIENCE_S = 3.0
"""Later than that an event is late for its player: the objective of the 95th percentile."""
_EVENT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\.([0-9a-f]{6})[0-9a-f]{8}")


class Source(StrEnum):
    """Where an event came from."""

    POOL = "pool"
    LLM = "llm"
    STALE = "stale"
    STATIC = "static"


@dataclass(frozen=True, slots=True)
class Ask:
    """One player's request, checked."""

    player_id: str
    state: GameState
    locale: Locale
    event_type: EventType | None
    deadline: float
    """`time.monotonic()` at which the answer must have left."""
    client: str = ""
    """Who asks for the player: the name of a key."""

    @property
    def left(self) -> float:
        """Seconds left for work."""
        return self.deadline - _RESERVE_S - time.monotonic()


class Order(BaseModel):
    """What the writer of the pool is asked for. No text of a client's leaves a replica in it."""

    model_config = ConfigDict(frozen=True)

    situation: Situation
    state: Annotated[GameState, AfterValidator(lambda state: state.canonical)]
    event_type: EventType | None
    known: tuple[str, ...]
    """Ids of the drafts the asker has ruled out: a newer one of the pool will do."""
    variant: str = "current"
    """Whose prompt and model are to write it."""
    arm: str = ""
    """The arm of a roll-out it is counted for."""
    client: str = ""
    """Who asked: clients take turns."""
    trace: str = ""
    """The trace of the request behind it."""


@dataclass(frozen=True, slots=True)
class Served:
    """An event that keeps every rule for its player, and where it came from."""

    source: Source
    event_id: str
    ready: Ready
    figures: tuple[Figures, ...]
    """What each choice does to the player."""
    quality: Quality
    prompt_version: str
    model: str
    age_s: float
    repeat: bool = False
    """The player had met its story: there was no other."""
    arm: str = ""
    """The arm of a roll-out it is counted for."""
    reason: str = ""
    """Why an event is hand-written: `flag_off`, `no_draft`, or `error` for a fault of ours."""
    timings_ms: Mapping[str, float] = field(default_factory=dict[str, float])
    """What writing it took, stage by stage, where the player waited for it."""

    @property
    def event(self) -> GameEvent:
        """The event as the game receives it; built anew each time."""
        return self.ready.event(self.figures, self.event_id)

    def outcome(self, took_s: float) -> str:
        """What the event was worth to a player who waited so long for it."""
        if self.reason:
            return self.reason
        if self.repeat:
            return "repeat"
        return "good" if took_s <= _PATIENCE_S else "late"


def event_id(draft_id: str, player_id: str) -> str:
    """`draft.player+request`: unique per event; its flight record is found without a write."""
    return f"{draft_id}.{player_tag(player_id)}{getrandbits(32):08x}"


def player_tag(player_id: str) -> str:
    """Six hexadecimal characters that tie an event id to its player without telling who it is."""
    return blake2b(player_id.encode(), digest_size=3).hexdigest()


def is_own(event_id: str, player_id: str) -> bool:
    """Whether an event's id was made for this player."""
    found = _EVENT_ID.fullmatch(event_id)
    return found is not None and found[1] == player_tag(player_id)


def draft_of(event_id: str) -> str:
    """The draft's id within an event id."""
    return event_id.partition(".")[0]
