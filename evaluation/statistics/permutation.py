"""Whether differences as large as these come of chance: the sign-flip permutation test.

If two arms are equally good, a scenario's difference might as well have had the other sign (Fisher,
The Design of Experiments, 1935, section 21; Good, Permutation, Parametric and Bootstrap Tests of
Hypotheses, 2005, section 3.2.1). Assumes nothing of how differences are distributed.
"""

import numpy as np

from evaluation.statistics.paired import Column

FLIPS = 10_000
_EXACT_UP_TO = 14
"""Differences other than zero of which every combination of signs is tried, 2^14."""
_CELLS = 2_000_000


def sign_flip(values: Column, flips: int = FLIPS, seed: int = 0) -> float:
    """Two-sided p of a mean of zero, given a difference a scenario.

    Exact for few scenarios. For more, flips are drawn, and the sample itself counts as one of them,
    so that p is never zero (Phipson and Smyth, 2010).
    """
    # Zeros look the same under either sign.
    sizes = np.abs(values[values != 0])
    if not len(sizes):
        return 1.0
    least = abs(float(values.sum())) - 1e-9 * float(sizes.sum())
    if len(sizes) <= _EXACT_UP_TO:
        combinations = np.arange(2 ** len(sizes))[:, None] >> np.arange(len(sizes)) & 1
        return float(np.mean(_as_large(combinations, sizes, least)))
    rng, rows = np.random.default_rng(seed), max(1, _CELLS // len(sizes))
    found = 0
    for start in range(0, flips, rows):
        shape = (min(rows, flips - start), -(-len(sizes) // 8))
        bits = np.unpackbits(rng.integers(0, 256, shape, dtype=np.uint8), axis=1)
        found += int(np.sum(_as_large(bits[:, : len(sizes)], sizes, least)))
    return (found + 1) / (flips + 1)


def _as_large(positive: np.ndarray, sizes: Column, least: float) -> np.ndarray:
    """Of each row of signs, whether the sum is at least this large either way."""
    return np.abs(2 * (positive.astype(np.float64) @ sizes) - sizes.sum()) >= least
