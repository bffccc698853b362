"""What is kept of the answers: counts, and a moment of the run in a line. Requests are not."""

from collections import Counter
from dataclasses import dataclass, field
from math import exp, log, nan
from threading import Lock
from typing import NamedTuple

import numpy as np

from loadtest.figures import percentile
from loadtest.soak.reply import DEADLINE_MS, GOOD, GRACE_MS, INVALID, LATE, Reply

_FINE = 50
"""Latencies are counted in steps of a fiftieth of e: two percent."""
_LONGEST_GAP_S = 60.0
"""For so long at most a fault that leaves nobody to answer excuses that nobody does."""
_IN_FLIGHT_S = 3.0
"""Requests sent just before a fault meet it too."""
_DETAILS = 20
_PUNCTUAL_MS = 50


@dataclass(slots=True)
class Episode:
    """One fault as it went; times in seconds since the start."""

    fault: str
    gap: bool
    began_s: float
    detected_s: float | None = None
    """When the platform first said that something is missing."""
    healed_s: float | None = None
    """When the fault was taken back; where nobody has to, when it was injected."""
    recovered_s: float | None = None
    """When the platform said that it is whole again."""
    note: str = ""
    outcomes: Counter[str] = field(default_factory=Counter[str])
    sources: Counter[str] = field(default_factory=Counter[str])
    slowest_ms: float = 0.0

    def covers(self, due_s: float) -> bool:
        end = float("inf") if self.recovered_s is None else self.recovered_s
        return self.began_s - _IN_FLIGHT_S <= due_s <= end

    def excuses(self, due_s: float) -> bool:
        return self.gap and self.covers(due_s) and due_s <= self.began_s + _LONGEST_GAP_S


class Moment(NamedTuple):
    """Some seconds of the run."""

    at_s: float
    answers: int
    good: int
    p50_ms: float
    p95_ms: float


class Ledger:
    """Takes replies as they come; its size is that of the run in moments, not in requests."""

    def __init__(self, began: float, moment_s: float) -> None:
        """`began` is the start by the monotonic clock."""
        self._began, self._moment_s = began, moment_s
        self.outcomes, self.excused, self.sources = (Counter[str]() for _ in range(3))
        self.details = Counter[str]()
        """What was wrong, the first twenty kinds."""
        self.episodes, self.moments = list[Episode](), list[Moment]()
        self.generator_late = 0
        """Requests the generator sent more than 50 ms late."""
        self.late_by_generator = 0
        """Late ones that would have been in time, counted from when they were really sent."""
        self._latencies, self._present = Counter[int](), list[Reply]()
        self._lock = Lock()  # progress is told while replies come

    def take(self, reply: Reply) -> None:
        with self._lock:
            self._take(reply)

    def _take(self, reply: Reply) -> None:
        due_s = reply.due_s - self._began
        self.outcomes[reply.outcome] += 1
        self.sources.update([reply.source] if reply.source else [])
        self.generator_late += reply.late_ms > _PUNCTUAL_MS
        self.late_by_generator += reply.outcome == LATE and in_time(reply)
        if reply.detail and (reply.detail in self.details or len(self.details) < _DETAILS):
            self.details[reply.detail] += 1
        self._latencies[round(_FINE * log(max(reply.latency_ms, 0.01)))] += 1
        self._attribute(reply, due_s)
        if self._present and due_s > self._present[0].due_s - self._began + self._moment_s:
            self.close_moment()
        self._present.append(reply)

    def close_moment(self) -> None:
        """What has come since the last one becomes a line of figures."""
        if not self._present:
            return
        latencies = np.array([reply.latency_ms for reply in self._present])
        self.moments.append(
            Moment(
                self._present[0].due_s - self._began,
                len(latencies),
                sum(reply.outcome == GOOD for reply in self._present),
                percentile(latencies, 50),
                percentile(latencies, 95),
            )
        )
        self._present = []

    @property
    def answers(self) -> int:
        """Requests, answered or not."""
        return self.outcomes.total()

    @property
    def invalid(self) -> int:
        return self.outcomes[INVALID]

    @property
    def late(self) -> int:
        return self.outcomes[LATE]

    @property
    def availability(self) -> float:
        """Share answered 200 in time with a valid event, gaps left out; NaN before any."""
        with self._lock:
            return share(self.outcomes - self.excused)

    def latency_ms(self, percent: float) -> float:
        """To two percent."""
        with self._lock:
            counted = sorted(self._latencies.items())
        rank = percent / 100 * sum(count for _, count in counted)
        for step, count in counted:
            rank -= count
            if rank <= 0:
                return exp(step / _FINE)
        return nan

    def _attribute(self, reply: Reply, due_s: float) -> None:
        for episode in self.episodes[-2:]:
            if episode.covers(due_s):
                episode.outcomes[reply.outcome] += 1
                episode.sources.update([reply.source] if reply.source else [])
                episode.slowest_ms = max(episode.slowest_ms, reply.latency_ms)
                self.excused[reply.outcome] += episode.excuses(due_s)
                return


def in_time(reply: Reply) -> bool:
    """From when it was really sent."""
    return reply.latency_ms - reply.late_ms <= DEADLINE_MS + GRACE_MS


def share(outcomes: Counter[str]) -> float:
    """Of good ones."""
    return outcomes[GOOD] / outcomes.total() if outcomes.total() else nan
