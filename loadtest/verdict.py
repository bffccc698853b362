"""The service objectives, and whether a run kept them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from math import isfinite
from typing import Literal

from loadtest.figures import Figures, Keys, figures, keys
from loadtest.profiles import Profile, Step
from loadtest.sent import Sent

_LEAST = 100
"""Requests; fewer say nothing about a p99."""


@dataclass(frozen=True, slots=True)
class Objective:
    """A bar for one of the figures."""

    figure: str
    title: str
    sense: Literal["<", ">", ">=", "="]
    bar: float
    unit: Literal["ms", "%", ""] = ""

    def met(self, value: float) -> bool:
        return {
            "<": value < self.bar,
            ">": value > self.bar,
            ">=": value >= self.bar,
            "=": value == self.bar,
        }[self.sense]

    def shown(self, value: float) -> str:
        """With its unit."""
        if not isfinite(value):
            return "none"
        return {"ms": f"{value:,.0f} ms", "%": f"{100 * value:.1f} %", "": f"{value:,.0f}"}[
            self.unit
        ]


OBJECTIVES = (
    Objective("mean_ms", "response time, mean", "<", 1500, "ms"),
    Objective("p95_ms", "response time, p95", "<", 3000, "ms"),
    Objective("p99_ms", "response time, p99", "<", 5000, "ms"),
    Objective("hit_rate", "hit rate (pool and stale)", ">", 0.6, "%"),
    Objective("llm_share", "written by the model, now or before", ">=", 0.99, "%"),
    Objective("errors", "failed or malformed answers", "=", 0),
    Objective("requests", "requests measured", ">=", _LEAST),
)
_OF_A_FULL_POOL = ("mean_ms", "hit_rate")
"""With an empty one, these are the engine's speed."""
_WRITTEN_AT_ALL = Objective("llm_share", "written by the model at all", ">", 0, "%")


@dataclass(frozen=True, slots=True)
class Row:
    """One objective, held against what was measured."""

    objective: Objective
    value: float
    judged: bool = True

    @property
    def met(self) -> bool:
        return self.objective.met(self.value)

    @property
    def word(self) -> str:
        if not self.judged:
            return "not judged"
        return "met" if self.met else "missed"


@dataclass(frozen=True, slots=True)
class StepResult:
    """One step of the profile."""

    step: Step
    figures: Figures
    whole: bool
    """False where the run was stopped meanwhile."""
    missed: bool
    """Some objective that counts for this profile."""

    @property
    def kept(self) -> bool:
        """A step that was cut short proves nothing."""
        return self.whole and not self.missed

    @property
    def word(self) -> str:
        if not self.step.judged:
            return "warm-up"
        return "missed" if self.missed else "kept" if self.whole else "cut short"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a run proves."""

    rate: float
    """Requests a second that were asked for; of a profile that climbs, the highest rate kept."""
    figures: Figures
    """Of everything judged; of a profile that climbs, at that highest rate."""
    keys: Keys
    rows: tuple[Row, ...]
    steps: tuple[StepResult, ...]
    ceiling: bool
    """Of a profile that climbs: whether a rate was found that is too high."""

    @property
    def passed(self) -> bool:
        return all(row.met for row in self.rows if row.judged)


def judge(
    profile: Profile, steps: Sequence[Step], requests: Sequence[Sent], elapsed_s: float
) -> Verdict:
    """`elapsed_s` is how long requests were sent: a run may have been stopped early."""
    results = tuple(_results(profile, steps, requests, elapsed_s))
    judged = [number for number, one in enumerate(results) if one.step.judged]
    kept = list(takewhile(lambda number: results[number].kept, judged))
    # The lowest rate stands for a climb that kept none.
    chosen = (kept or judged)[-1 if kept else 0 :][:1] if profile.climbs else judged
    measured = [one for one in requests if one.step in chosen]
    found = figures(measured)
    return Verdict(
        rate=_rate([results[number].step for number in chosen]),
        figures=found,
        keys=keys(measured),
        rows=rows(profile, found),
        steps=results,
        ceiling=profile.climbs and any(results[number].missed for number in judged),
    )


def rows(profile: Profile, found: Figures) -> tuple[Row, ...]:
    """Every objective, whether it counts for the profile or not."""
    return tuple(_row(each, getattr(found, each.figure), profile.cold) for each in OBJECTIVES)


def _row(objective: Objective, value: float, cold: bool) -> Row:
    if cold and objective.figure == _WRITTEN_AT_ALL.figure:
        return Row(_WRITTEN_AT_ALL, value)
    return Row(objective, value, not (cold and objective.figure in _OF_A_FULL_POOL))


def _results(
    profile: Profile, steps: Sequence[Step], requests: Sequence[Sent], elapsed_s: float
) -> list[StepResult]:
    """Of the steps that were begun."""
    results, begun = list[StepResult](), 0.0
    for number, step in enumerate(steps):
        if begun < elapsed_s:
            found = figures([one for one in requests if one.step == number])
            whole = elapsed_s >= begun + step.seconds
            missed = not all(
                row.met
                for row in rows(profile, found)
                if row.judged and (whole or row.objective.figure != "requests")
            )
            results.append(StepResult(step, found, whole, missed))
        begun += step.seconds
    return results


def _rate(steps: Sequence[Step]) -> float:
    """Their mean, by the time they take."""
    seconds = sum(step.seconds for step in steps)
    return sum(step.rate * step.seconds for step in steps) / seconds if seconds else 0.0
