"""How wide and how honest is kappa's interval, by the number of items?  `python -m studies.kappa_interval`

Synthetic totals in verdict bands; run in `tests/`, it takes half a minute. Quadratic kappa is written
out, 1 - E(x - y)^2 / (var x + var y + (mean x - mean y)^2), to be taken over whole arrays at once.
"""

import numpy as np
from numpy.typing import NDArray

Bands = NDArray[np.float32]

_EDGES = (60, 80)
_MEAN, _DEVIATION = 76.0, 9.0
"""Of people's totals; the scorer's are alike."""
_SAMPLES, _RESAMPLES = 500, 600


def _kappa(people: Bands, scorer: Bands) -> NDArray[np.float64]:
    apart = people.mean(-1) - scorer.mean(-1)
    left, right = people.var(-1), scorer.var(-1)
    with np.errstate(invalid="ignore"):
        values = 1 - ((people - scorer) ** 2).mean(-1) / (left + right + apart**2)
    return np.where((left == 0) | (right == 0), np.nan, values)


def _draw(rng: np.random.Generator, items: int, correlation: float) -> tuple[Bands, Bands]:
    true, error = rng.standard_normal(items), rng.standard_normal(items)
    scored = correlation * true + np.sqrt(1 - correlation**2) * error
    people, scorer = (
        np.digitize(_MEAN + _DEVIATION * each, _EDGES).astype(np.float32) for each in (true, scored)
    )
    return people, scorer


def _row(rng: np.random.Generator, items: int, correlation: float, true: float) -> str:
    covered: list[bool] = []
    halves: list[float] = []
    for _ in range(_SAMPLES):
        people, scorer = _draw(rng, items, correlation)
        chosen = rng.integers(0, items, (_RESAMPLES, items))
        low, high = np.nanpercentile(_kappa(people[chosen], scorer[chosen]), (2.5, 97.5))
        covered.append(bool(low <= true <= high))
        halves.append(float(high - low) / 2)
    return f"{true:.2f}  {items:4}  ±{np.mean(halves):.2f}  {np.mean(covered):.0%}"


def main() -> None:
    rng = np.random.default_rng(7)
    print("kappa items half   coverage")
    for correlation in (0.6, 0.75, 0.9):
        true = float(_kappa(*_draw(rng, 2_000_000, correlation)))
        for items in (20, 50, 100, 150, 300):
            print(_row(rng, items, correlation, true))


if __name__ == "__main__":
    main()
