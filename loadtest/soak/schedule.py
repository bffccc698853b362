"""When which fault comes: spread over the run, seeded, both ends of it quiet."""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

_QUIET = 0.15
"""Of the run, at its beginning and at its end."""
_LONGEST_QUIET_S = 600.0
_LEAST_APART_S, _MOST_APART_S = 60.0, 1200.0
"""The slots that faults are put into: an engine needs half a minute to come back, and a slope time."""
_JITTER = 0.2
"""Of a slot; no two faults are closer than the rest of it."""


class Planned(NamedTuple):
    """One fault to come."""

    due_s: float
    """Seconds since the start."""
    fault: str


def quiet_s(total_s: float) -> float:
    """How long the beginning is, as a warm-up, and the end."""
    return min(_QUIET * total_s, _LONGEST_QUIET_S)


def plan(total_s: float, faults: Sequence[str], seed: int) -> list[Planned]:
    """The same for the same arguments. Rounds of all faults, each round in an order of its own."""
    active_s = total_s - 2 * quiet_s(total_s)
    if not faults or active_s < _LEAST_APART_S:
        return []
    slot_s = min(max(active_s / len(faults), _LEAST_APART_S), _MOST_APART_S)
    rng, count = Random(f"{seed}|faults"), int(active_s / slot_s)
    slot_s = active_s / count
    return [
        Planned(quiet_s(total_s) + (place + rng.uniform(0, _JITTER)) * slot_s, fault)
        for place, fault in enumerate(_order(faults, count, rng))
    ]


def _order(faults: Sequence[str], count: int, rng: Random) -> list[str]:
    """Never the same one twice in a row, where there are two."""
    order = list[str]()
    while len(order) < count:
        deck = rng.sample(faults, len(faults))
        if order and deck[0] == order[-1]:
            deck.append(deck.pop(0))
        order += deck
    return order[:count]
