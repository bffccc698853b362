"""What the players saw of one scenario."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil

from loadtest.soak.ledger import in_time
from loadtest.soak.reply import DEADLINE_MS, GOOD, GRACE_MS, INVALID, LATE, Reply

BAR_MS = DEADLINE_MS + GRACE_MS
_REFUSED = "ConnectionRefusedError"
_ANSWERED = (GOOD, LATE, INVALID)


@dataclass(slots=True)
class Tally:
    """Counts of one scenario's replies; a reply belongs to exactly one scenario."""

    requests: int = 0
    invalid: int = 0
    late: int = 0
    """Later than deadline and grace, counted from when they were due."""
    late_by_generator: int = 0
    """Of these, those that were in time counted from when they were really sent."""
    gap: int = 0
    """Not answered, within the documented gap."""
    unanswered: int = 0
    """Not answered, or answered with anything but 200, outside of it."""
    refused: int = 0
    """Connections refused by a platform that was asked to stop: as it should be."""
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    slowest_ms: float = 0.0
    sources: Counter[str] = field(default_factory=Counter[str])
    details: Counter[str] = field(default_factory=Counter[str])
    """What was wrong, and how often."""
    gap_ms: float = 0.0
    """From the first to the last request of the gap that was not answered."""

    @property
    def late_events(self) -> int:
        """Those that the platform is to blame for."""
        return self.late - self.late_by_generator


def tally(
    replies: Sequence[Reply], injected_s: float, *, gap_s: float = 0.0, ends: bool = False
) -> Tally:
    """`injected_s` is by the same clock as the replies' `due_s`."""
    told = Tally(requests=len(replies))
    latencies = sorted(reply.latency_ms for reply in replies if reply.outcome in _ANSWERED)
    if latencies:
        told.p50_ms, told.p99_ms = percentile(latencies, 50), percentile(latencies, 99)
        told.slowest_ms = latencies[-1]
    missed = list[float]()
    for reply in replies:
        _count(told, reply)
        if reply.outcome in _ANSWERED:
            continue
        after_s = reply.due_s - injected_s
        if ends and reply.detail == _REFUSED and after_s > 0:
            told.refused += 1
        elif gap_s and reply.due_s + reply.latency_ms / 1000 >= injected_s and after_s <= gap_s:
            told.gap += 1
            missed.append(reply.due_s)
        else:
            told.unanswered += 1
    told.gap_ms = 1000 * (max(missed) - min(missed)) if missed else 0.0
    return told


def percentile(ordered: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent are not above."""
    return ordered[max(ceil(len(ordered) * percent / 100), 1) - 1]


def _count(told: Tally, reply: Reply) -> None:
    told.sources.update([reply.source] if reply.source else [])
    told.invalid += reply.outcome == INVALID
    told.late += reply.outcome == LATE
    told.late_by_generator += reply.outcome == LATE and in_time(reply)
    if reply.outcome != GOOD:
        told.details[f"{reply.outcome}: {reply.detail or reply.source}"] += 1
