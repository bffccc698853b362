"""When requests are due: a Poisson process whose rate changes from step to step."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import NamedTuple

from loadtest.profiles import Step


class Arrival(NamedTuple):
    """One request that is to be sent."""

    due_s: float
    """Seconds since the start."""
    step: int
    """Number of the step, from 0."""


def poisson(steps: Sequence[Step], seed: int) -> Iterator[Arrival]:
    """Arrivals in order; the same seed gives the same ones.

    Many players who know nothing of each other arrive like this. Gaps are drawn at rate one and
    stretched by the rate in force, which keeps the process exact where the rate changes.
    """
    rng = Random(f"{seed}|arrivals")
    gap, begun = rng.expovariate(1.0), 0.0
    for number, step in enumerate(steps):
        at = 0.0
        while at + gap / step.rate <= step.seconds:
            at += gap / step.rate
            yield Arrival(begun + at, number)
            gap = rng.expovariate(1.0)
        gap -= (step.seconds - at) * step.rate
        begun += step.seconds
