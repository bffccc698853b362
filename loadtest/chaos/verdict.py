"""What every scenario is held to."""

from collections.abc import Sequence

from loadtest.chaos.drill import Result
from loadtest.chaos.tally import BAR_MS


def misses(result: Result) -> list[str]:
    """The bars this scenario missed, in words."""
    if result.skipped:
        return []
    seen = result.seen
    bars = {
        f"{seen.invalid} invalid": seen.invalid,
        f"{seen.late_events} late": seen.late_events,
        f"{seen.unanswered} not answered": seen.unanswered,
        f"p99 {seen.p99_ms:,.0f} ms": seen.p99_ms > BAR_MS,
        result.episode.note: result.episode.note,
        "nothing was sent": not seen.requests,
    }
    return [told for told, missed in bars.items() if missed]


def passed(results: Sequence[Result]) -> bool:
    return bool(results) and not any(misses(one) for one in results)


def last_line(results: Sequence[Result]) -> str:
    """Skipped ones are no scenarios."""
    done = [one for one in results if not one.skipped]
    broken = [one for one in done if not one.calm]
    figures = {
        "scenarios": len(broken),
        "invalid_events": sum(one.seen.invalid for one in done),
        "late_events": sum(one.seen.late_events for one in done),
        "unexpected_5xx": sum(one.seen.unanswered for one in done),
    }
    return " ".join(f"{name}={value}" for name, value in figures.items())
