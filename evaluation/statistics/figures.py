"""Figures as text: points, percentage points, ratios as per cent."""

from math import floor, log10

from evaluation.statistics.bootstrap import Interval
from evaluation.statistics.comparison import Finding
from evaluation.statistics.measures import Unit

KO = "~"
"""Between the ends of an interval in Korean."""


def points(value: float) -> str:
    """One decimal; more where that would make nothing of something."""
    return f"{value:.{_decimals(value)}f}"


def signed(value: float) -> str:
    shown = f"{value:+.{_decimals(value)}f}"
    return "+0.0" if shown == "-0.0" else shown


def span(interval: Interval, *, sign: bool = True, to: str = "..") -> str:
    """`-1.2..+3.4`; without signs the sizes of a difference whose direction is told in words."""
    if sign:
        return f"{signed(interval.low)}{to}{signed(interval.high)}"
    low, high = sorted((abs(interval.low), abs(interval.high)))
    return f"{points(low)}{to}{points(high)}"


def percent(ratio: Interval) -> Interval:
    """A ratio as a change in per cent."""
    return Interval(*(100 * (end - 1) for end in ratio))


def mean(finding: Finding, value: float | None) -> str:
    """An arm's mean in its unit, seconds for durations."""
    if value is None:
        return "-"
    if finding.measure.unit is Unit.SHARE:
        return f"{100 * value:.1f} %"
    if finding.measure.name == "output_tokens":
        return f"{value:.0f}"
    return f"{value:.2f} s" if finding.measure.unit is Unit.RATIO else points(value)


def change(finding: Finding) -> str:
    """With its interval: points, percentage points, or per cent."""
    if finding.change is None:
        return "-"
    shown, unit = finding.change, ""
    if finding.measure.unit is Unit.SHARE:
        shown, unit = Interval(*(100 * end for end in shown)), " pp"
    if finding.measure.unit is Unit.RATIO:
        shown, unit = percent(shown), " %"
    return f"{signed(shown.value)}{unit} ({span(shown)})"


def _decimals(value: float) -> int:
    size = abs(value)
    return 1 if size >= 0.05 or size < 1e-6 else -floor(log10(size))
