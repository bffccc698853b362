"""A candidate against a baseline: every measure with its interval, and one verdict."""

from dataclasses import dataclass
from typing import Any

from evaluation.statistics.bootstrap import Interval
from evaluation.statistics.effect import Effect
from evaluation.statistics.measures import Measure
from evaluation.statistics.power import POWER, detectable, power, scenarios_needed
from evaluation.statistics.stability import Stability
from evaluation.statistics.verdict import ALPHA, Verdict


@dataclass(frozen=True, slots=True)
class Finding:
    """One measure of both arms, over the pairs where both have it."""

    measure: Measure
    scenarios: int
    baseline: float | None
    """Mean over scenarios, the geometric mean where ratios are told; None where nothing is known."""
    candidate: float | None
    change: Interval | None
    """Candidate minus baseline, or over it; None for fewer than two scenarios."""
    verdict: Verdict

    def as_json(self) -> dict[str, Any]:
        return {
            "measure": self.measure.name,
            "unit": self.measure.unit.value,
            "scenarios": self.scenarios,
            "baseline": self.baseline,
            "candidate": self.candidate,
            "change": _interval(self.change),
            "verdict": self.verdict.value,
        }


@dataclass(frozen=True, slots=True)
class Arm:
    """One side of a comparison."""

    name: str
    trials: int
    unpaired: int
    """Trials the other side lacks; left out."""
    usable: int
    """Trials that gave an event."""
    stability: Stability

    def as_json(self) -> dict[str, Any]:
        return {
            "arm": self.name,
            "trials": self.trials,
            "unpaired": self.unpaired,
            "usable": self.usable,
            "repeatSpread": self.stability.spread,
            "repeatIcc": self.stability.icc,
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that is known of one candidate against the baseline."""

    baseline: Arm
    candidate: Arm
    trials: int
    """Pairs."""
    scenarios: int
    findings: tuple[Finding, ...]
    """The primary one, points, first."""
    points: Interval
    """Difference of points; it and `p` allow for the number of candidates."""
    p: float
    """Of the points' permutation test; by Holm's method where there are several candidates."""
    effect: Effect
    sd: float
    """Of the scenarios' differences, points."""
    margin: float
    """Points within which the arms count as equally good."""
    verdict: Verdict
    candidates: int = 1
    """Compared with this baseline at the same time."""

    def finding(self, name: str) -> Finding:
        """By its measure's name. Raises KeyError for one that is not compared."""
        return {one.measure.name: one for one in self.findings}[name]

    @property
    def alpha(self) -> float:
        """Of one test, so that all candidates together err as rarely as one alone would."""
        return ALPHA / self.candidates

    @property
    def detectable(self) -> float | None:
        """Points of difference that so many scenarios find with probability 0.8."""
        return detectable(self.sd, self.scenarios, alpha=self.alpha)

    @property
    def needed(self) -> int | None:
        """Scenarios that would find a difference of the margin with probability 0.8."""
        return scenarios_needed(self.margin, self.sd, alpha=self.alpha)

    def power(self, points: float) -> float:
        """Probability that so many scenarios find a true difference of these points."""
        return power(points, self.sd, self.scenarios, self.alpha)

    @property
    def metrics(self) -> dict[str, float]:
        """Figures to log, by name; what is not known is left out."""
        figures: dict[str, float | None] = {
            "compare.p": self.p,
            "compare.detectable": self.detectable,
        }
        for finding in self.findings:
            if finding.change is not None:
                name = f"compare.{finding.measure.name}"
                figures |= {
                    name: finding.change.value,
                    f"{name}.low": finding.change.low,
                    f"{name}.high": finding.change.high,
                }
        return {name: value for name, value in figures.items() if value is not None}

    def as_json(self) -> dict[str, Any]:
        """Everything, in types that JSON knows; null where something is not known."""
        return {
            "verdict": self.verdict.value,
            "baseline": self.baseline.as_json(),
            "candidate": self.candidate.as_json(),
            "trials": self.trials,
            "scenarios": self.scenarios,
            "candidates": self.candidates,
            "points": _interval(self.points),
            "p": self.p,
            "margin": self.margin,
            "sd": self.sd,
            "dz": _interval(self.effect.dz),
            "wins": _interval(self.effect.wins),
            "power": {"probability": POWER, "detects": self.detectable, "needed": self.needed},
            "findings": [one.as_json() for one in self.findings],
        }


def _interval(interval: Interval | None) -> dict[str, float] | None:
    return interval and interval._asdict()
