"""Is memory growing? A robust slope with an interval, over the lives of processes that came and went.

Within a life (one process, its warm-up cut off) the slope is Theil and Sen's, the median of the slopes
between all pairs, with the interval of `scipy.stats.theilslopes`. That interval takes rows for independent,
which samples of memory are not; it is widened by what neighbouring rows have in common. Lives of one group
are combined as a regression with one common slope would: each weighs as much as its rows spread in time, so
that a replica that lived twice as long counts eight times as much. A restart itself is no growth.
"""

from collections.abc import Sequence
from math import ceil, nan, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import theilslopes

from loadtest.soak.sampler import Life

_LEAST, _MOST = 10, 1000
"""Rows of a life: fewer tell nothing, more are thinned, for the slopes are between all pairs."""
_STICKIEST = 0.99
_HOUR_S = 3600.0

Values = NDArray[np.float64]


class Slope(NamedTuple):
    """Growth an hour, and its 95 % interval."""

    per_hour: float
    low: float
    high: float


class Growth(NamedTuple):
    """What became of a group."""

    group: str
    mb: float
    """Private memory of its processes together, over the last tenth of the rows."""
    lives: int
    """Processes long enough to tell a slope."""
    hours: float
    """They were watched, together."""
    memory: Slope | None
    """MB an hour and process; None: no process lived long enough."""
    handles: Slope | None


def growths(lives: Sequence[Life], warm_up_s: float) -> list[Growth]:
    """Of every group, in order of their names."""
    return [
        _growth(name, [life for life in lives if life.group == name], warm_up_s)
        for name in sorted({life.group for life in lives})
    ]


def slope(hours: Values, values: Values) -> Slope:
    """Of one life."""
    middle, _, low, high = map(float, theilslopes(values, hours))
    wider = _stickiness(values - middle * hours)
    return Slope(middle, middle - (middle - low) * wider, middle + (high - middle) * wider)


def combined(slopes: Sequence[tuple[Slope, float]]) -> Slope | None:
    """One slope of several, each with its weight."""
    total = sum(weight for _, weight in slopes)
    if not total:
        return None
    middle = sum(one.per_hour * weight for one, weight in slopes) / total
    below, above = (
        sqrt(sum(((one.per_hour - one[end]) * weight) ** 2 for one, weight in slopes)) / total
        for end in (1, 2)
    )
    return Slope(middle, middle - below, middle + above)


def _growth(name: str, lives: Sequence[Life], warm_up_s: float) -> Growth:
    tables = [_table(life, warm_up_s) for life in lives]
    tables = [table for table in tables if len(table) >= _LEAST]
    return Growth(
        name,
        _at_the_end(lives),
        len(tables),
        sum(float(np.ptp(table[:, 0])) for table in tables),
        _common(tables, 1),
        _common(tables, 2),
    )


def _table(life: Life, warm_up_s: float) -> Values:
    """Rows past the warm-up: hours, MB, handles."""
    rows = [row for row in life.rows if row.at_s >= life.begun_s + warm_up_s]
    thinned = rows[:: ceil(len(rows) / _MOST) or 1]
    return np.array([(row.at_s / _HOUR_S, row.mb, row.handles) for row in thinned]).reshape(-1, 3)


def _common(tables: Sequence[Values], column: int) -> Slope | None:
    return combined(
        [
            (slope(table[:, 0], table[:, column]), float(table[:, 0].var() * len(table)))
            for table in tables
        ]
    )


def _stickiness(residuals: Values) -> float:
    """How much wider an interval must be for rows that resemble the one before."""
    centred = residuals - residuals.mean()
    power = float(centred @ centred)
    if not power:
        return 1.0
    likeness = float(centred[1:] @ centred[:-1]) / power
    likeness += (2 + 4 * likeness) / len(residuals)  # what an estimate after detrending is short of
    likeness = min(max(likeness, 0.0), _STICKIEST)
    return sqrt((1 + likeness) / (1 - likeness))


def _at_the_end(lives: Sequence[Life]) -> float:
    last_s = max((life.rows[-1].at_s for life in lives), default=nan)
    recent = [
        [row.mb for row in life.rows if row.at_s >= 0.9 * last_s]
        for life in lives
        if life.rows[-1].at_s >= 0.98 * last_s
    ]
    return sum(float(np.median(values)) for values in recent if values)
