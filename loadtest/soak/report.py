"""`soak.md`: what was done to the platform, what its players noticed, and what it kept."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from math import isnan

from loadtest.report import machine
from loadtest.soak.faults import FAULTS
from loadtest.soak.leak import Growth, Slope
from loadtest.soak.ledger import Episode, share
from loadtest.soak.outcome import Outcome
from loadtest.soak.reply import DEADLINE_MS, GOOD, GRACE_MS
from loadtest.soak.verdict import UNBOUND, Verdict, said


def markdown(run: Outcome, verdict: Verdict, plot: str) -> str:
    """The whole report; the plot lies beside it."""
    parts = (
        _head(run, verdict),
        _rows(verdict),
        f"![Latency, memory and faults over time]({plot})",
        _answers(run),
        _episodes(run),
        _growth(verdict.growths, run.elapsed_s),
        _METHOD,
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(run: Outcome, verdict: Verdict) -> str:
    here = machine()
    word = "stopped early" if run.stopped_early else "passed" if verdict.passed else "MISSED"
    title = f"# Soak: {run.elapsed_s / 3600:.2f} h, {word}"
    how = (
        f"`{run.command}`, {datetime.now(UTC).date()}, {here['cores']} cores of {here['processor']}: "
        f"{run.rate:g} requests a second by seeded players in an open loop (seed {run.seed}), latency "
        f"from the intended send time, every answer held against the game's rules for the state that "
        f"was sent, its player, and {DEADLINE_MS} + {GRACE_MS} ms."
    )
    lines = [title, how]
    if run.stopped_early:
        lines.append(f"{run.planned_s / 3600:g} h were planned: this proves nothing for the rest.")
    return "\n\n".join(lines)


def _rows(verdict: Verdict) -> str:
    rows = [
        f"| {row.title} | {row.measured} | {row.bar} | **{row.word}**{row.why and f': {row.why}'} |"
        for row in verdict.rows
    ]
    return "\n".join(["| objective | measured | bar | |", "| --- | --- | --- | --- |", *rows])


def _answers(run: Outcome) -> str:
    ledger = run.ledger
    outcomes = ", ".join(f"{count:,} {name}" for name, count in ledger.outcomes.most_common())
    sources = ", ".join(
        f"{100 * count / max(ledger.sources.total(), 1):.1f} % {name}"
        for name, count in ledger.sources.most_common()
    )
    p50, p95, p99 = (ledger.latency_ms(percent) for percent in (50, 95, 99))
    told = (
        f"## Answers\n\n{ledger.answers:,} requests: {outcomes}. Sources: {sources}. p50 {p50:.1f} ms, "
        f"p95 {p95:.0f} ms, p99 {p99:.0f} ms. With the gaps counted, availability is "
        f"{_percent(share(ledger.outcomes))}. The generator sent {ledger.generator_late:,} requests more "
        f"than 50 ms late, which their latency counts; {ledger.late_by_generator:,} of the late answers are "
        f"late for that alone."
    )
    wrong = [f"- {count:,} times `{detail}`" for detail, count in ledger.details.most_common()]
    return "\n".join([told, *([""] if wrong else []), *wrong])


def _episodes(run: Outcome) -> str:
    if not run.ledger.episodes:
        return "## Faults\n\nNone was injected."
    rows = [_episode(one) for one in run.ledger.episodes]
    kinds = sorted({one.fault for one in run.ledger.episodes})
    told = [f"- `{name}`: {FAULTS[name].what}" for name in kinds]
    intro = f"{len(rows)} of {run.planned_faults} planned. {_TIMES}"
    return "\n".join(["## Faults", "", intro, "", _HEAD, *rows, "", *told, "", _GAPS])


def _episode(one: Episode) -> str:
    cells = (
        f"{one.began_s / 60:.1f} min",
        f"`{one.fault}`" + (f" ({one.note})" if one.note else ""),
        _since(one.detected_s, one.began_s),
        _since(one.recovered_s, one.began_s),
        _since(one.recovered_s, one.healed_s),
        f"{one.outcomes.total():,}",
        _counts(one.outcomes, GOOD) + (", a gap" if one.gap else ""),
        _counts(one.sources),
        f"{one.slowest_ms:,.0f} ms",
    )
    return f"| {' | '.join(cells)} |"


def _growth(growths: Sequence[Growth], seconds: float) -> str:
    rows = [
        f"| {one.group} | {one.mb:,.0f} | {one.lives} | {one.hours:.2f} | {_slope(one.memory)} | "
        f"{_slope(one.handles)} | {said(one, seconds)} |"
        for one in growths
    ]
    if not rows:
        return "## Memory\n\n**NOT JUDGED**: the platform's processes were out of reach."
    notes = [f"{name} {why}." for name, why in UNBOUND.items()]
    head = (
        "| group | MB at the end | lives | hours | MB/h (95 %) | file handles/h (95 %) | memory |"
    )
    return "\n".join(
        ["## Memory", "", head, "| --- | ---: | ---: | ---: | --- | --- | --- |", *rows, "", *notes]
    )


def _slope(slope: Slope | None) -> str:
    return f"{slope.per_hour:+.2f} ({slope.low:+.2f} to {slope.high:+.2f})" if slope else "–"


def _since(later: float | None, sooner: float | None) -> str:
    return "–" if later is None or sooner is None else f"{max(later - sooner, 0):.1f} s"


def _counts(counts: Counter[str], without: str = "") -> str:
    return ", ".join(f"{n:,} {name}" for name, n in counts.most_common() if name != without) or "–"


def _percent(value: float) -> str:
    return "–" if isnan(value) else f"{100 * value:.3f} %"


_GAPS = (
    "A *gap*: a killed API replica or HAProxy takes its connections along, and on one machine with one of "
    "each nobody answers until Ray Serve has put another in its place. Requests from then until recovery, "
    "for a minute at most, are told here and left out of the availability above."
)
_HEAD = """| at | fault | noticed | recovered | after its end | requests | not good | sources | slowest |
| ---: | --- | ---: | ---: | ---: | ---: | --- | --- | ---: |"""
_TIMES = (
    "Noticed: from the injection until the platform says that something is missing (health, flag, Ray "
    "Serve). Recovered: from the injection until it says that it is whole again; after its end: the same "
    "from when the fault was taken back."
)
_METHOD = """## How memory is judged

Private memory of every process (resident, without files and shared memory), sampled every few seconds;
medians of moments are kept. In each process's life, its warm-up cut off, the slope is Theil and Sen's with
the interval of `scipy.stats.theilslopes`, widened for what neighbouring moments have in common: an hour's
samples are not hundreds of independent ones. Lives of a group are combined with one common slope, each
weighing as much as its moments spread in time; a restart is no growth. A leak is an interval that lies above
1 MB/h. A run shorter than an hour is not judged: caches fill in it, and that looks like a leak."""
