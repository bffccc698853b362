"""How often is which verdict reached?  `python -m studies.paired_verdicts`

Normal differences of scenarios with a spread of 12 points; run in `tests/`, it takes one or two minutes.
The verdict asks for both the interval and the permutation test, so that it must not be surer than
the power by the t test promises.
"""

import numpy as np

from evaluation.statistics.bootstrap import difference
from evaluation.statistics.permutation import sign_flip
from evaluation.statistics.power import detectable
from evaluation.statistics.verdict import Verdict, judged

_SAMPLES, _RESAMPLES = 1000, 1000
_SD, _MARGIN = 12.0, 2.0


def _row(rng: np.random.Generator, scenarios: int, true: float) -> str:
    samples = rng.normal(true, _SD, (_SAMPLES, scenarios))
    reached = [
        judged(
            difference(one, _RESAMPLES, seed),
            scenarios,
            (-_MARGIN, _MARGIN),
            more_is_better=True,
            p=sign_flip(one, _RESAMPLES, seed),
        )
        for seed, one in enumerate(samples)
    ]
    shares = " ".join(f"{reached.count(one) / _SAMPLES:10.1%}" for one in Verdict)
    return f"{scenarios:9} {true:6.1f} {shares}"


def main() -> None:
    rng = np.random.default_rng(0)
    print("scenarios   true " + " ".join(f"{one.value:>10}" for one in Verdict))
    for scenarios in (20, 120, 300, 500):
        for true in (0.0, _MARGIN, detectable(_SD, scenarios) or 0.0):
            print(_row(rng, scenarios, true))


if __name__ == "__main__":
    main()
