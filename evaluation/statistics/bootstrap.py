"""Intervals of means over scenarios, by drawing whole scenarios again.

A scenario's repeats are averaged first: they are not independent, and of the ways to resample
grouped data, drawing the groups alone mimics the variance best (Davison and Hinkley, Bootstrap
Methods and their Application, 1997, section 3.8).

The interval is the *expanded* percentile interval of Hesterberg ("What Teachers Should Know about
the Bootstrap", The American Statistician 69, 2015, section 5.3): percentiles moved out until a
normal sample gets the width of Student's interval. Plain percentile and BCa intervals are too
narrow for the 20 scenarios of a quick look; the studentised bootstrap, best in theory, breaks down
where most differences are zero, as those of shares are.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, stdtrit

from evaluation.statistics.paired import Column, Table

CONFIDENCE = 0.95
RESAMPLES = 5000
_CELLS = 2_000_000
"""Draws held in memory at a time."""


class Interval(NamedTuple):
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float

    def within(self, low: float, high: float) -> bool:
        """Whether all of it lies between the two."""
        return low <= self.low and self.high <= high


def resampled_means(table: Table, resamples: int = RESAMPLES, seed: int = 0) -> Table:
    """Of shape (resamples, figures): each figure's mean over as many scenarios, drawn with return.

    NaN where a draw holds no scenario with the figure. All figures share the draws.
    """
    known = ~np.isnan(table)
    filled, present = np.where(known, table, 0.0), known.astype(np.float64)
    scenarios = len(table)
    rng, rows = np.random.default_rng(seed), max(1, _CELLS // scenarios)
    means = np.full((resamples, table.shape[1]), np.nan)
    for start in range(0, resamples, rows):
        times = _times_drawn(rng, min(rows, resamples - start), scenarios)
        total, count = times @ filled, times @ present
        np.divide(total, count, out=means[start : start + len(times)], where=count > 0)
    return means


def mean_interval(values: Column, drawn: Column) -> Interval:
    """The mean of two or more scenarios' figures, NaN left out, and its resampled means' interval."""
    known = values[~np.isnan(values)]
    tail = expanded_tail(len(known))
    low, high = np.quantile(drawn[~np.isnan(drawn)], (tail, 1 - tail))
    return Interval(float(known.mean()), float(low), float(high))


def difference(values: Column, resamples: int = RESAMPLES, seed: int = 0) -> Interval:
    """The mean of two or more scenarios' differences with its interval."""
    return mean_interval(values, resampled_means(values[:, None], resamples, seed)[:, 0])


def expanded_tail(scenarios: int) -> float:
    """Share of the resampled means on either side of the interval; 0.025 for very many scenarios."""
    student = float(stdtrit(scenarios - 1, (1 + CONFIDENCE) / 2))
    return float(ndtr(-student * np.sqrt(scenarios / (scenarios - 1))))


def _times_drawn(rng: np.random.Generator, rows: int, scenarios: int) -> Table:
    drawn = rng.integers(0, scenarios, (rows, scenarios))
    drawn += np.arange(rows)[:, None] * scenarios
    counted = np.bincount(drawn.ravel(), minlength=rows * scenarios)
    return counted.reshape(rows, scenarios).astype(np.float64)
