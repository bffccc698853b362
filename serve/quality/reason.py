"""Why points were lost: every dimension starts at 25 and yields one reason per loss."""

from collections.abc import Iterable
from typing import NamedTuple

FULL = 25.0


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


def remaining(reasons: Iterable[Reason]) -> float:
    """The points of a dimension after its losses, never below zero."""
    return round(max(FULL - sum(reason.points for reason in reasons), 0.0), 1)
