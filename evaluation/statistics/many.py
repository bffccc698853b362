"""Several candidates against one baseline, so that chance does not pick the winner.

p-values by Holm (Scandinavian Journal of Statistics 6, 1979); intervals that hold all at once by the
bootstrap of the largest studentised difference (max-t: Westfall and Young, Resampling-Based
Multiple Testing, 1993, chapter 2; Romano and Wolf, Econometrica 73, 2005). Candidates share the
baseline and the scenarios, so that their differences go together: max-t knows it and is narrower
than Bonferroni's intervals.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy.special import ndtr, stdtrit

from evaluation.statistics.bootstrap import CONFIDENCE, RESAMPLES, Interval, resampled_means
from evaluation.statistics.comparing import MARGIN, compare, decided
from evaluation.statistics.comparison import Comparison
from evaluation.statistics.measures import POINTS, columns
from evaluation.statistics.paired import Column, Table, pair
from evaluation.suite.result import Result


def compare_many(
    baseline: Sequence[Result],
    candidates: Mapping[str, Sequence[Result]],
    *,
    margin: float = MARGIN,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> dict[str, Comparison]:
    """Each candidate's comparison by its key; points and p allow for the number of candidates.

    Raises ConfigurationError when one of them cannot be paired.
    """
    found = {
        name: compare(baseline, results, margin=margin, resamples=resamples, seed=seed)
        for name, results in candidates.items()
    }
    if len(found) < 2:
        return found
    intervals = simultaneous(_table(baseline, candidates), resamples, seed)
    adjusted = holm([one.p for one in found.values()])
    return {
        name: _allowed_for(one, interval, p, len(found))
        for (name, one), interval, p in zip(found.items(), intervals, adjusted, strict=True)
    }


def holm(ps: Sequence[float]) -> list[float]:
    """Adjusted p-values, in the order given."""
    adjusted, largest = [0.0] * len(ps), 0.0
    for rank, place in enumerate(np.argsort(ps, kind="stable")):
        largest = max(largest, min(1.0, (len(ps) - rank) * ps[place]))
        adjusted[place] = largest
    return adjusted


def simultaneous(table: Table, resamples: int = RESAMPLES, seed: int = 0) -> list[Interval]:
    """Intervals of the columns' means that all hold together in 95 % of samples.

    `table`: scenario differences, a column a candidate, NaN where it lacks the scenario.
    """
    means, numbers = np.nanmean(table, axis=0), np.sum(~np.isnan(table), axis=0)
    errors = np.nanstd(table, axis=0, ddof=1) / np.sqrt(numbers)
    reach = _reach(table, means, resamples, seed)
    # What is right for many scenarios is moved from the normal to Student's distribution.
    factors = stdtrit(numbers - 1, ndtr(reach))
    return [
        Interval(float(mean), float(mean - width), float(mean + width))
        for mean, width in zip(means, factors * errors, strict=True)
    ]


def _reach(table: Table, means: Column, resamples: int, seed: int) -> float:
    """Standard errors that no candidate's resampled mean leaves, in 95 % of the draws."""
    off = np.nan_to_num(resampled_means(table, resamples, seed) - means)
    scales = np.sqrt(np.mean(off**2, axis=0))
    varied = scales > 0
    if not varied.any():
        return 0.0
    largest = np.max(np.abs(off[:, varied]) / scales[varied], axis=1)
    return float(np.quantile(largest, CONFIDENCE))


def _table(baseline: Sequence[Result], candidates: Mapping[str, Sequence[Result]]) -> Table:
    place = {name: row for row, name in enumerate(sorted({one.scenario for one in baseline}))}
    table = np.full((len(place), len(candidates)), np.nan)
    for column, results in enumerate(candidates.values()):
        pairs = pair(baseline, results)
        rows = [place[scenario] for scenario in pairs.scenarios]
        table[rows, column] = columns(pairs, (POINTS,))[2][:, 0]
    return table[~np.isnan(table).all(axis=1)]


def _allowed_for(found: Comparison, points: Interval, p: float, candidates: int) -> Comparison:
    primary = replace(found.findings[0], change=points)
    findings = (primary, *found.findings[1:])
    return decided(replace(found, findings=findings, points=points, p=p, candidates=candidates))
