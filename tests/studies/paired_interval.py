"""How honest is the interval of a paired difference?  `python -m studies.paired_interval`

Differences of scenarios whose true mean is known; run in `tests/`, it takes half a minute. Told is how
often each kind of interval holds the truth, and how often one does that takes repeats for scenarios.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from evaluation.statistics.bootstrap import expanded_tail

Samples = NDArray[np.float64]
"""Of shape (samples, scenarios)."""

_SAMPLES, _RESAMPLES = 4000, 1000
_Draw = Callable[[np.random.Generator, tuple[int, int]], Samples]


def _normal(rng: np.random.Generator, shape: tuple[int, int]) -> Samples:
    return rng.normal(0, 12, shape)


def _skewed(rng: np.random.Generator, shape: tuple[int, int]) -> Samples:
    return rng.exponential(12, shape) - 12


def _failing(rng: np.random.Generator, shape: tuple[int, int]) -> Samples:
    """One in twenty scenarios fails and loses 75 points; the others gain what makes up for it."""
    return np.where(rng.random(shape) < 0.05, -75.0, rng.normal(75 * 0.05 / 0.95, 8, shape))


def _shares(rng: np.random.Generator, shape: tuple[int, int]) -> Samples:
    return rng.choice([-1.0, 0.0, 1.0], p=[0.1, 0.8, 0.1], size=shape)


_KINDS: dict[str, _Draw] = {
    "normal": _normal,
    "skewed": _skewed,
    "rare failures": _failing,
    "shares": _shares,
}


def _coverage(samples: Samples, method: str, level: float, seed: int) -> float:
    found: Any = stats.bootstrap(
        (samples,),
        np.mean,
        axis=1,
        confidence_level=level,
        method=method,
        n_resamples=_RESAMPLES,
        batch=50,
        rng=np.random.default_rng(seed),
    ).confidence_interval
    # Where all differences of a sample are the same, BCa gives no interval: it holds nothing.
    return float(np.mean((found.low <= 0) & (found.high >= 0)))


def _row(kind: str, scenarios: int, seed: int) -> str:
    samples = _KINDS[kind](np.random.default_rng(seed), (_SAMPLES, scenarios))
    ours = 1 - 2 * expanded_tail(scenarios)
    figures = (
        _coverage(samples, "percentile", ours, seed),
        _coverage(samples, "percentile", 0.95, seed),
        _coverage(samples, "BCa", 0.95, seed),
    )
    return f"{kind:14} {scenarios:9} " + " ".join(f"{one:10.1%}" for one in figures)


def _repeats(scenarios: int, repeats: int) -> str:
    """Scenarios differ by 8 points, repeats of one by 4."""
    rng = np.random.default_rng(3)
    samples = rng.normal(0, 8, (_SAMPLES, scenarios, 1))
    samples = samples + rng.normal(0, 4, (_SAMPLES, scenarios, repeats))
    means, apart = samples.mean(axis=2), samples.reshape(_SAMPLES, -1)
    together = _coverage(means, "percentile", 1 - 2 * expanded_tail(scenarios), 3)
    taken = _coverage(apart, "percentile", 0.95, 3)
    return f"{scenarios} scenarios x {repeats}: by scenario {together:.1%}, by trial {taken:.1%}"


def main() -> None:
    print("differences    scenarios   expanded percentile        BCa")
    for seed, kind in enumerate(_KINDS):
        for scenarios in (8, 20, 120):
            print(_row(kind, scenarios, seed))
    print(_repeats(40, 4))


if __name__ == "__main__":
    main()
