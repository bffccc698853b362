"""How large a difference is against its own spread, and how often it shows in a scenario."""

from typing import NamedTuple

import numpy as np
from scipy.special import nctdtrinc, ndtri

from evaluation.statistics.bootstrap import CONFIDENCE, Interval
from evaluation.statistics.paired import Column

_TAIL = (1 - CONFIDENCE) / 2


class Effect(NamedTuple):
    """Both over the scenarios' differences."""

    dz: Interval | None
    """Cohen's dz: mean over standard deviation. None where all differences are the same."""
    wins: Interval
    """Probability that the candidate beats the baseline on a scenario, ties half."""


def effect(values: Column) -> Effect:
    """Of two differences or more."""
    return Effect(_dz(values), _wins(values))


def _dz(values: Column) -> Interval | None:
    """Interval by the noncentral t (Cumming and Finch, Educ. Psychol. Meas. 61, 2001)."""
    if np.ptp(values) == 0:
        return None
    spread = float(values.std(ddof=1))
    root, dz = float(np.sqrt(len(values))), float(values.mean()) / spread
    low, high = nctdtrinc(len(values) - 1, np.array([1 - _TAIL, _TAIL]), dz * root)
    return Interval(dz, float(low) / root, float(high) / root)


def _wins(values: Column) -> Interval:
    """Wilson's score interval (1927), which knows that 20 wins of 20 are not certainty.

    Ties counted half vary less than wins and losses do, so that with ties it is rather too wide.
    """
    number, z = len(values), float(ndtri(1 - _TAIL))
    share = float(np.mean(values > 0) + np.mean(values == 0) / 2)
    middle = (share + z**2 / (2 * number)) / (1 + z**2 / number)
    reach = z * np.sqrt(share * (1 - share) / number + z**2 / (4 * number**2)) / (1 + z**2 / number)
    return Interval(share, max(float(middle - reach), 0.0), min(float(middle + reach), 1.0))
