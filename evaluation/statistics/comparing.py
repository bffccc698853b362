"""Compares: pairs two arms' trials, and finds what holds of every measure."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from evaluation.statistics.bootstrap import RESAMPLES, Interval, mean_interval, resampled_means
from evaluation.statistics.comparison import Arm, Comparison, Finding
from evaluation.statistics.effect import effect
from evaluation.statistics.measures import MEASURES, POINTS, Measure, Unit, columns, usable
from evaluation.statistics.paired import Column, pair
from evaluation.statistics.permutation import sign_flip
from evaluation.statistics.stability import stability
from evaluation.statistics.verdict import Verdict, judged
from evaluation.suite.result import Result

MARGIN = 2.0
"""Points within which two arms count as equally good."""


def compare(
    baseline: Sequence[Result],
    candidate: Sequence[Result],
    *,
    margin: float = MARGIN,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Comparison:
    """One candidate. For several against one baseline see `many.compare_many`.

    Raises ConfigurationError when the two cannot be paired.
    """
    pairs = pair(baseline, candidate)
    left, right, differences = columns(pairs, MEASURES)
    drawn = resampled_means(differences, resamples, seed)
    findings = tuple(
        _finding(
            one, left[:, place], right[:, place], differences[:, place], drawn[:, place], margin
        )
        for place, one in enumerate(MEASURES)
    )
    points = differences[:, 0]
    found = Comparison(
        baseline=_arm(baseline, pairs.only_baseline),
        candidate=_arm(candidate, pairs.only_candidate),
        trials=len(pairs.cluster),
        scenarios=len(pairs.scenarios),
        findings=findings,
        points=mean_interval(points, drawn[:, 0]),
        p=sign_flip(points, seed=seed),
        effect=effect(points),
        sd=_spread(points),
        margin=margin,
        verdict=Verdict.UNCLEAR,
    )
    return decided(found)


def decided(found: Comparison) -> Comparison:
    """With the verdict its points and p allow.

    An arm without a single event is worse than one with some, however few the scenarios; of two
    such arms nothing can be said, and one is never as good as another that works.
    """
    verdict = judged(
        found.points,
        found.scenarios,
        POINTS.margin(found.margin),
        more_is_better=True,
        p=found.p,
    )
    if not found.candidate.usable:
        verdict = Verdict.WORSE if found.baseline.usable else Verdict.UNCLEAR
    elif not found.baseline.usable and verdict is Verdict.EQUIVALENT:
        verdict = Verdict.UNCLEAR
    primary = replace(found.findings[0], verdict=verdict)
    return replace(found, findings=(primary, *found.findings[1:]), verdict=verdict)


def _finding(
    measure: Measure,
    baseline: Column,
    candidate: Column,
    differences: Column,
    drawn: Column,
    margin: float,
) -> Finding:
    scenarios = int(np.sum(~np.isnan(differences)))
    change = _change(measure, differences, drawn, scenarios) if scenarios > 1 else None
    verdict = judged(
        change,
        scenarios,
        measure.margin(margin),
        more_is_better=measure.more_is_better,
        neutral=1.0 if measure.unit is Unit.RATIO else 0.0,
    )
    return Finding(
        measure, scenarios, _mean(measure, baseline), _mean(measure, candidate), change, verdict
    )


def _change(measure: Measure, differences: Column, drawn: Column, scenarios: int) -> Interval:
    change = mean_interval(differences, drawn)
    if measure.unit is Unit.SHARE:
        return _of_share(change, scenarios)
    if measure.unit is Unit.RATIO:
        return Interval(*(float(np.exp(end)) for end in change))
    return change


def _mean(measure: Measure, column: Column) -> float | None:
    if np.isnan(column).all():
        return None
    mean = float(np.nanmean(column))
    return float(np.exp(mean)) if measure.unit is Unit.RATIO else mean


def _of_share(change: Interval, scenarios: int) -> Interval:
    """Where every scenario has the same difference, what as many others may yet hold.

    So many scenarios have none of another kind in 2.5 % of the cases where a share of
    1 - 0.025^(1/n) has (Clopper and Pearson, 1934, for none of n).
    """
    if change.low < change.high:
        return change
    unseen = 1 - 0.025 ** (1 / scenarios)
    return Interval(change.value, max(change.value - unseen, -1.0), min(change.value + unseen, 1.0))


def _arm(results: Sequence[Result], unpaired: int) -> Arm:
    return Arm(
        results[0].arm,
        len(results),
        unpaired,
        sum(usable(one) for one in results),
        stability(results),
    )


def _spread(points: Column) -> float:
    return 0.0 if np.ptp(points) == 0 else float(points.std(ddof=1))
