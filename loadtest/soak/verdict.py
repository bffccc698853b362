"""What a soak is held to, and whether it kept it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, nan
from typing import Literal, NamedTuple

from loadtest.soak.leak import Growth, Slope
from loadtest.soak.ledger import Ledger

AVAILABILITY = 0.999
LEAK_MB_PER_H = 1.0
LEAST_ANSWERS = 100
_HOUR_S = 3600.0
UNBOUND = {
    "Redis": "holds flight records for a day and is bounded by its `maxmemory`: it fills, by design"
}
"""Groups that no slope is held against, and why."""

Word = Literal["met", "missed", "NOT JUDGED"]


class Row(NamedTuple):
    """One objective."""

    title: str
    measured: str
    bar: str
    word: Word
    why: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the run proves."""

    rows: tuple[Row, ...]
    growths: tuple[Growth, ...]
    worst: Growth | None
    """The group whose interval begins highest: of those that leak, else of all measured."""

    @property
    def passed(self) -> bool:
        return all(row.word != "missed" for row in self.rows)


def judge(
    ledger: Ledger, growths: Sequence[Growth], *, seconds: float, planned_faults: int
) -> Verdict:
    """`seconds` the run has lasted."""
    measured = [one for one in growths if one.memory and one.group not in UNBOUND]
    judged = [one for one in measured if judgeable(one.memory, seconds)]
    leaking = [one for one in judged if _low(one) > LEAK_MB_PER_H]
    worst = max(leaking or measured, key=_low, default=None)
    rows = (
        _availability(ledger),
        _row("invalid events", str(ledger.invalid), "= 0", met=ledger.invalid == 0),
        _faults(ledger, planned_faults),
        _memory(worst, [one.group for one in measured if one not in judged], leaks=bool(leaking)),
    )
    return Verdict(rows, tuple(growths), worst)


def judgeable(slope: Slope | None, seconds: float) -> bool:
    """Long enough: in its first minutes every process fills its caches, and that looks like a leak."""
    return slope is not None and seconds >= _HOUR_S


def said(growth: Growth, seconds: float) -> str:
    """What a group's slope says."""
    slope = growth.memory
    if growth.group in UNBOUND or slope is None or not judgeable(slope, seconds):
        return "not judged"
    if slope.low > LEAK_MB_PER_H:
        return "LEAK"
    return "no leak" if slope.high <= LEAK_MB_PER_H else "none shown"


def figures(ledger: Ledger, verdict: Verdict) -> dict[str, float | int]:
    """Of the last line."""
    slope = (verdict.worst and verdict.worst.memory) or Slope(nan, nan, nan)
    return {
        "availability": ledger.availability,
        "invalid_events": ledger.invalid,
        "leak_mb_per_h": slope.per_hour,
        "leak_ci_low": slope.low,
        "leak_ci_high": slope.high,
    }


def last_line(ledger: Ledger, verdict: Verdict) -> str:
    """Six digits: three would round 0.9996 up to 1."""
    told = figures(ledger, verdict).items()
    return " ".join(f"{name}={_plain(value)}" for name, value in told)


def _availability(ledger: Ledger) -> Row:
    value = ledger.availability
    shown = "none" if isnan(value) else f"{100 * value:.3f} %"
    met = ledger.answers >= LEAST_ANSWERS and value >= AVAILABILITY
    return _row("availability outside gaps", shown, f">= {100 * AVAILABILITY:g} %", met=met)


def _faults(ledger: Ledger, planned: int) -> Row:
    whole = [one for one in ledger.episodes if one.note == "cut short" or one.recovered_s]
    lost = len(ledger.episodes) - len(whole)
    shown = f"{len(ledger.episodes)} of {planned} injected, {lost} not recovered from"
    if not ledger.episodes:
        return Row("faults recovered from", shown, "all", "NOT JUDGED", "none was injected")
    return _row("faults recovered from", shown, "all", met=not lost)


def _memory(worst: Growth | None, unjudged: Sequence[str], *, leaks: bool) -> Row:
    """Met only where every group could be judged."""
    title, bar = "memory growth, low end of the worst group", f"<= {LEAK_MB_PER_H:g} MB/h"
    if worst is None:
        return Row(title, "none", bar, "NOT JUDGED", "no process was watched for long enough")
    shown = f"{_low(worst):.2f} MB/h ({worst.group})"
    if unjudged and not leaks:
        why = f"run for an hour or more, caches fill at first: {', '.join(unjudged)}"
        return Row(title, shown, bar, "NOT JUDGED", why)
    return _row(title, shown, bar, met=not leaks)


def _row(title: str, measured: str, bar: str, *, met: bool) -> Row:
    return Row(title, measured, bar, "met" if met else "missed")


def _low(growth: Growth) -> float:
    return growth.memory.low if growth.memory else nan


def _plain(value: float) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
