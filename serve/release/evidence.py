"""Is the candidate good, bad, or not known yet? Intervals that hold however often one looks.

The controller looks every few seconds for a day. An interval made for one look would, over so many,
leave out the truth now and then; those of here leave it out at no time, with probability 1 - alpha.

- Shares: Robbins' beta-binomial mixture, exact for every count (H. Robbins, "Statistical methods related
  to the law of the iterated logarithm", Ann. Math. Stat. 41, 1970), with Jeffreys' prior.
- Means: the asymptotic confidence sequence of I. Waudby-Smith et al., "Time-uniform central limit theory
  and asymptotic confidence sequences", Ann. Stat. 52 (2024), Theorem 2.2.
"""

from collections.abc import Callable
from math import lgamma, log, log1p, sqrt
from typing import NamedTuple

_PRIOR = 0.5
_TIGHTEST_AT = 500
"""The number of drafts at which the interval of a mean is tightest for its alpha."""
_LEAST_VARIANCE = 1.0
"""Square points: a score is rounded, so that none is known more finely."""


class Interval(NamedTuple):
    """A figure, what it may be at the least and at the most, and of how many cases it is."""

    value: float
    low: float
    high: float
    cases: int


def share(part: float, whole: float, alpha: float) -> Interval:
    """Of a share of `whole` independent cases, `part` of which are so."""
    part, whole = round(part), round(whole)
    if whole == 0:
        return Interval(0.0, 0.0, 1.0, 0)
    value = part / whole
    mixture = _log_beta(part + _PRIOR, whole - part + _PRIOR) - _log_beta(_PRIOR, _PRIOR)
    least = mixture + log(alpha)

    def within(p: float) -> bool:
        return part * log(p) + (whole - part) * log1p(-p) >= least

    low = _edge(within, value, 0.0) if part else 0.0
    high = _edge(within, value, 1.0) if part < whole else 1.0
    return Interval(value, low, high, whole)


def mean(total: float, variance: float, count: float, alpha: float) -> Interval:
    """Of a mean of points 0..100 whose sum is `total`."""
    n = round(count)
    if n == 0:
        return Interval(0.0, 0.0, 100.0, 0)
    rho2 = (-2 * log(alpha) + log(-2 * log(alpha) + 1)) / _TIGHTEST_AT
    spread = max(variance, _LEAST_VARIANCE)
    reach = sqrt(spread * 2 * (n * rho2 + 1) / (n * n * rho2) * log(sqrt(n * rho2 + 1) / alpha))
    value = total / n
    return Interval(value, max(0.0, value - reach), min(100.0, value + reach), n)


def _edge(within: Callable[[float], bool], inside: float, outside: float) -> float:
    """Where an interval ends, by bisection; told a hair too wide rather than too narrow."""
    for _ in range(40):
        middle = (inside + outside) / 2
        if within(middle):
            inside = middle
        else:
            outside = middle
    return outside


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)
