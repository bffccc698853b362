"""How far two columns of points agree: weighted kappa, Spearman, mean bias, each with its interval.

A group holds the pairs of one item; the bootstrap draws whole groups, because pairs of one item
are not independent. What cannot be computed is a value too: `Missing`, with the reason.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import DegenerateDataWarning, bootstrap, spearmanr
from scipy.stats import norm as normal
from sklearn.metrics import cohen_kappa_score

Column = NDArray[np.float64]
Pairs = NDArray[np.float64]
"""Of shape (pairs, 2): people in the first column, what is compared with them in the second."""
Measure = Callable[[Pairs], float]

CONFIDENCE = 0.95
_UNDEFINED = 0.05
"""Share of resamples in which a measure may be undefined before its interval means nothing."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measure with its 95 % percentile interval."""

    value: float
    low: float
    high: float
    error: float
    """Bootstrap standard error."""
    items: int

    @property
    def half_width(self) -> float:
        return (self.high - self.low) / 2

    def items_for(self, half_width: float) -> int:
        """Items needed for this half-width, the error falling with the root of their number."""
        reach = float(normal.ppf((1 + CONFIDENCE) / 2)) * self.error
        return ceil(self.items * (reach / half_width) ** 2)


@dataclass(frozen=True, slots=True)
class Missing:
    """A measure that cannot be computed, and why."""

    ko: str
    en: str
    items: int


def kappa(edges: Sequence[float]) -> Measure:
    """Quadratic weighted kappa of points in bins; a bin starts at its edge (inner edges only)."""

    def measure(pairs: Pairs) -> float:
        left, right = np.digitize(pairs[:, 0], edges), np.digitize(pairs[:, 1], edges)
        if _constant(left) or _constant(right):
            return float("nan")
        bins = list(range(len(edges) + 1))
        return float(cohen_kappa_score(left, right, labels=bins, weights="quadratic"))

    return measure


def spearman(pairs: Pairs) -> float:
    """Rank correlation; NaN when a column has one value only."""
    if _constant(pairs[:, 0]) or _constant(pairs[:, 1]):
        return float("nan")
    ranked: Any = spearmanr(pairs[:, 0], pairs[:, 1])
    return float(ranked.statistic)


def bias(pairs: Pairs) -> float:
    """Mean of second minus first, in points."""
    return float(np.mean(pairs[:, 1] - pairs[:, 0]))


def first_mean(pairs: Pairs) -> float:
    """Mean of the first column, in points."""
    return float(np.mean(pairs[:, 0]))


def estimate(
    measure: Measure, groups: Sequence[Pairs], *, resamples: int, seed: int
) -> Estimate | Missing:
    """The measure over all pairs, and its interval from resampled groups."""
    items = len(groups)
    if items < 2:
        return Missing("항목이 둘보다 적습니다", "fewer than two items", items)
    value = measure(np.concatenate(groups))
    if np.isnan(value):
        return Missing(
            "한쪽 점수가 모두 같거나 같은 구간에 있습니다",
            "one side's scores are all the same or all in one bin",
            items,
        )
    drawn = _resampled(measure, groups, resamples, seed)
    defined = drawn[~np.isnan(drawn)]
    if len(defined) < (1 - _UNDEFINED) * len(drawn):
        return Missing(
            "점수가 거의 모두 같아 구간을 구할 수 없습니다",
            "scores hardly differ, so there is no interval",
            items,
        )
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = np.percentile(defined, (tail, 100 - tail))
    return Estimate(value, float(low), float(high), float(np.std(defined, ddof=1)), items)


def _resampled(measure: Measure, groups: Sequence[Pairs], resamples: int, seed: int) -> Column:
    def statistic(drawn: NDArray[np.int64]) -> float:
        return measure(np.concatenate([groups[int(index)] for index in drawn]))

    with warnings.catch_warnings():
        # An undefined resample is counted by the caller; the library's own interval is not used.
        warnings.simplefilter("ignore", DegenerateDataWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        result = bootstrap(
            (np.arange(len(groups)),),
            statistic,
            n_resamples=resamples,
            vectorized=False,
            method="percentile",
            rng=np.random.default_rng(seed),
        )
    return np.asarray(result.bootstrap_distribution, dtype=np.float64)


def _constant(column: NDArray[np.generic]) -> bool:
    return bool(np.all(column == column[0]))
