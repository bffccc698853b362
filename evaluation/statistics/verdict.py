"""What an interval allows to be said."""

from enum import StrEnum

from evaluation.statistics.bootstrap import Interval

LEAST_SCENARIOS = 6
"""Of five, no difference is significant: all of one sign happen by chance in 2 of 32 cases."""
ALPHA = 0.05


class Verdict(StrEnum):
    """Of the candidate against the baseline."""

    BETTER = "better"
    WORSE = "worse"
    EQUIVALENT = "equivalent"
    """The whole interval lies within the margin: what difference there may be does not matter."""
    UNCLEAR = "unclear"
    """Nothing shown either way, or too few scenarios to show anything."""


def judged(
    interval: Interval | None,
    scenarios: int,
    margin: tuple[float, float],
    *,
    more_is_better: bool,
    neutral: float = 0.0,
    p: float | None = None,
) -> Verdict:
    """By the interval, and by p where there is one: a difference must be shown by both.

    Equivalence is two one-sided tests (Schuirmann, J. Pharmacokinet. Biopharm. 15, 1987) at half
    the usual level, since the interval told is the 95 % one.
    """
    if interval is None or scenarios < LEAST_SCENARIOS:
        return Verdict.UNCLEAR
    if interval.within(*margin):
        return Verdict.EQUIVALENT
    if interval.low <= neutral <= interval.high or (p is not None and p > ALPHA):
        return Verdict.UNCLEAR
    return Verdict.BETTER if (interval.low > neutral) is more_is_better else Verdict.WORSE
