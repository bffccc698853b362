"""Why points were lost: every dimension starts at 25 and yields one reason per loss."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

FULL = 25.0
DECISIVE = 20.5
"""Points for a defect a person should look at: no event that loses them in one place is accepted."""


class Kind(StrEnum):
    FLAW = "flaw"
    CONTRADICTION = "contradiction"
    """The texts mislead about what a choice does; enough of it, and the event is discarded."""
    DOUBT = "doubt"
    """A learnt model's suspicion; alone it calls for a person, and never discards an event."""


class Reason(NamedTuple):
    """Points lost, where, and why in one sentence per language."""

    dimension: str
    """`consistency`, `balance`, `fun`, `education`; `rules` for an event unfit to serve."""
    points: float
    """Points lost, above zero."""
    field: str
    """Where, as a path on the wire: `choices[1].resultText`."""
    ko: str
    en: str
    kind: Kind = Kind.FLAW


def remaining(reasons: Iterable[Reason]) -> float:
    """The points of a dimension after its losses, never below zero."""
    return round(max(FULL - sum(reason.points for reason in reasons), 0.0), 1)


def lost(reasons: Iterable[Reason], kind: Kind) -> float:
    """The points lost to one kind of reason."""
    return round(sum(reason.points for reason in reasons if reason.kind is kind), 1)
