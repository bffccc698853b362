"""`report.md`: what was asked of the platform, what it did, and whether that is good enough."""

from collections import Counter
from collections.abc import Sequence
from math import isfinite

from loadtest.run_record import RunRecord
from loadtest.verdict import OBJECTIVES, Verdict

_LATE_MS = 50
"""Past this the generator is a part of what was measured."""
_ERRORS = 8
_FOOT = (
    "Latency runs from when a request was due, not from when it was sent. `requests.csv` has every "
    "request; `locust.html` and `locust_*.csv` are Locust's own."
)


def markdown(record: RunRecord, verdict: Verdict, plots: Sequence[str]) -> str:
    """The whole report; plots are named, and lie beside it."""
    parts = (
        _head(record, verdict),
        _objectives(verdict),
        _keys(verdict),
        _generator(verdict),
        _steps(verdict) if len(verdict.steps) > 1 else "",
        _errors(record),
        *(f"![{name}]({name}.png)" for name in plots),
        _FOOT,
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(record: RunRecord, verdict: Verdict) -> str:
    what = record.profile.what
    asked = (
        f"{what[0].upper()}{what[1:]}. {verdict.rate:g} requests a second on average, Poisson "
        f"arrivals in an open loop, {record.players:,} players, seed {record.seed}, against "
        f"{record.url}."
    )
    title = f"# Load: {record.profile.name}, {'passed' if verdict.passed else 'missed'}"
    lines = [title, asked]
    if record.stopped_early and not verdict.ceiling:
        lines.append(
            f"Stopped after {record.elapsed_s:.0f} of {record.planned_s:.0f} s; the figures are of what "
            "was sent until then."
        )
    if record.profile.climbs:
        lines.append(_climb(verdict))
    return "\n\n".join(lines)


def _climb(verdict: Verdict) -> str:
    if not verdict.figures.requests:
        return "**It was stopped before anything was judged.**"
    kept = any(one.kept for one in verdict.steps if one.step.judged)
    if not kept:
        return f"**Not even {verdict.rate:g} requests a second keep the objectives.**"
    found = "the next step misses" if verdict.ceiling else "no step missed; the ceiling is higher"
    return f"**Highest rate that keeps every objective: {verdict.rate:g} a second** ({found})."


def _objectives(verdict: Verdict) -> str:
    rows = "\n".join(
        f"| {each.title} | {each.shown(row.value)} | {each.sense} {each.shown(each.bar)} | {row.word} |"
        for row in verdict.rows
        for each in [row.objective]
    )
    return f"| objective | measured | bar | |\n| --- | --- | --- | --- |\n{rows}"


def _keys(verdict: Verdict) -> str:
    keys = verdict.keys
    return (
        f"The hit rate is of this distribution: {verdict.figures.requests:,} requests over "
        f"{keys.count} situations, the ten busiest have {100 * keys.top_10:.0f} % of them, Gini "
        f"{keys.gini:.2f}, {100 * keys.rare:.0f} % of the situations were asked for once."
    )


def _generator(verdict: Verdict) -> str:
    late = verdict.figures.late_p99_ms
    if not isfinite(late):
        return ""
    warning = (
        " **It was late itself, which counts above: give it a core of its own, or more connections.**"
        if late > _LATE_MS
        else ""
    )
    return f"The generator sent 99 % of the requests within {late:.1f} ms of their time.{warning}"


def _steps(verdict: Verdict) -> str:
    names = [each for each in OBJECTIVES if each.figure != "requests"]
    rows = "\n".join(
        f"| {one.step.rate:.1f} | {one.step.seconds:.0f} | {one.figures.requests:,} | "
        + " | ".join(each.shown(getattr(one.figures, each.figure)) for each in names)
        + f" | {one.word} |"
        for one in verdict.steps
    )
    return (
        "| requests a second | s | sent | mean | p95 | p99 | hit rate | model's | failed | |\n"
        f"| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n{rows}"
    )


def _errors(record: RunRecord) -> str:
    errors = Counter(one.error for one in record.requests if one.error).most_common(_ERRORS)
    rows = "\n".join(f"| {count:,} | {error.replace('|', '/')} |" for error, count in errors)
    return f"| times | failure |\n| --- | --- |\n{rows}" if rows else ""
