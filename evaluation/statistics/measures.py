"""What of two arms is compared, in which unit, and from what size on a difference matters."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import log
from operator import attrgetter
from typing import Any

import numpy as np

from evaluation.statistics.paired import Pairs, Table
from evaluation.suite.result import Outcome, Result

UNCHANGED = (0.9, 1.1)
"""Ratios within which durations and tokens count as unchanged."""
SHARE_MARGIN = 0.05
"""Difference of shares that counts as none."""


class Unit(StrEnum):
    POINTS = "points"
    """Differences in points."""
    SHARE = "share"
    """Differences of proportions, -1..1."""
    RATIO = "ratio"
    """Candidate over baseline; averaged as logarithms, so that twice and half cancel out."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of a trial, compared where both trials of a pair have it."""

    name: str
    unit: Unit
    more_is_better: bool
    of: Callable[[Result], float | None]
    """The figure; the logarithm of it where the unit is RATIO."""
    part: float = 1.0
    """Of the margin for the points in all."""

    def margin(self, points: float) -> tuple[float, float]:
        """Between these a difference, or ratio, is too small to matter."""
        if self.unit is Unit.RATIO:
            return UNCHANGED
        half = SHARE_MARGIN if self.unit is Unit.SHARE else points * self.part
        return -half, half


def columns(pairs: Pairs, measures: tuple[Measure, ...]) -> tuple[Table, Table, Table]:
    """Scenario means of baseline, candidate and their difference, a column a measure."""
    left, right = _figures(pairs.baseline, measures), _figures(pairs.candidate, measures)
    # Rounded so that equal figures differ by nothing, and not by what a float cannot hold.
    difference = np.round(right - left, 9)
    alone = np.isnan(difference)
    left[alone], right[alone] = np.nan, np.nan
    return (
        pairs.scenario_means(left),
        pairs.scenario_means(right),
        np.round(pairs.scenario_means(difference), 9),
    )


def usable(result: Result) -> bool:
    """Whether an event came of it, however good."""
    return result.outcome not in {Outcome.INVALID, Outcome.FAILED}


def _figures(results: tuple[Result, ...], measures: tuple[Measure, ...]) -> Table:
    return np.array([[one.of(result) for one in measures] for result in results], dtype=np.float64)


def _dimension(name: str) -> Measure:
    get: Callable[[Any], float] = attrgetter(name)
    return Measure(
        name, Unit.POINTS, True, lambda one: get(one.quality) if one.quality else None, part=0.25
    )


def _share(name: str, outcomes: frozenset[Outcome], *, good: bool) -> Measure:
    return Measure(name, Unit.SHARE, good, lambda one: float(one.outcome in outcomes))


def _log_of_written(get: Callable[[Result], float | None]) -> Callable[[Result], float | None]:
    """Of what a model wrote for this trial: a cached answer or a failure says nothing of speed."""

    def of(result: Result) -> float | None:
        value = get(result)
        written = result.source == "llm" and result.outcome is not Outcome.FAILED
        return log(value) if written and value is not None and value > 0 else None

    return of


POINTS = Measure("points", Unit.POINTS, True, attrgetter("points"))
LATENCY = Measure("latency", Unit.RATIO, False, _log_of_written(attrgetter("duration_s")))
MEASURES = (
    POINTS,
    *(_dimension(name) for name in ("consistency", "balance", "fun", "education")),
    _share("accepted", frozenset({Outcome.ACCEPT}), good=True),
    _share("served", frozenset({Outcome.ACCEPT, Outcome.REVIEW}), good=True),
    _share("failed", frozenset({Outcome.INVALID, Outcome.FAILED}), good=False),
    LATENCY,
    Measure("first_token", Unit.RATIO, False, _log_of_written(attrgetter("first_token_s"))),
    Measure("output_tokens", Unit.RATIO, False, _log_of_written(attrgetter("output_tokens"))),
)
"""The primary one first."""
