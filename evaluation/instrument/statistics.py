"""Estimates with bootstrap intervals; the unit drawn is an event with everything made from it."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_RESAMPLES = 1000
_LEVEL = 95.0


class Estimate(NamedTuple):
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def share(hits: Sequence[tuple[str, bool]], seed: int = 0) -> Estimate:
    """The share of true among (event id, hit) pairs. Raises ValueError when there are none."""
    if not hits:
        raise ValueError("no observations to take a share of")
    ids, place = np.unique([event for event, _ in hits], return_inverse=True)
    found = np.bincount(place, [float(hit) for _, hit in hits], len(ids))
    tried = np.bincount(place, minlength=len(ids)).astype(float)
    draws = np.random.default_rng(seed).integers(0, len(ids), (_RESAMPLES, len(ids)))
    return _estimate(
        float(found.sum() / tried.sum()), found[draws].sum(axis=1) / tried[draws].sum(axis=1)
    )


def auc(
    good: Sequence[tuple[str, float]], bad: Sequence[tuple[str, float]], seed: int = 0
) -> Estimate:
    """P(a good event's total exceeds a defective one's), ties counting half, of (id, total)."""
    ids = sorted({event for event, _ in (*good, *bad)})
    index = {event: number for number, event in enumerate(ids)}
    levels = np.unique([total for _, total in (*good, *bad)])
    shape = (len(ids), len(levels))
    goods, bads = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    for table, totals in ((goods, good), (bads, bad)):
        for event, total in totals:
            table[index[event], np.searchsorted(levels, total)] += 1
    value = _area(goods.sum(axis=0), bads.sum(axis=0))
    rng = np.random.default_rng(seed)
    resampled = np.empty(_RESAMPLES)
    for draw in range(_RESAMPLES):
        weights = np.bincount(rng.integers(0, len(ids), len(ids)), minlength=len(ids))
        weights = weights.astype(np.float32)
        resampled[draw] = _area(weights @ goods, weights @ bads)
    return _estimate(value, resampled)


def _area(goods: NDArray[np.floating], bads: NDArray[np.floating]) -> float:
    below = np.cumsum(bads) - bads
    pairs = float(goods.sum()) * float(bads.sum())
    return float((goods * (below + bads / 2)).sum()) / pairs if pairs else 0.5


def _estimate(value: float, resampled: NDArray[np.floating]) -> Estimate:
    tail = (100 - _LEVEL) / 2
    low, high = np.percentile(resampled, (tail, 100 - tail))
    return Estimate(value, float(low), float(high))
