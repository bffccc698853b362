"""A circuit breaker on the generation path: players stop waiting for what does not come.

Open, it lets nobody through; players get the pool's drafts and the hand-written events meanwhile. Whether
the path works again is found out by shadow generations that no player waits for, and it is believed
only after several good ones in a row (hysteresis), each failure doubling the wait for the next.
"""

from collections import Counter, deque
from collections.abc import Callable
from enum import StrEnum

from serve.settings import BreakerConfig

_TOLD = 3
"""Attempts of a client that tell how it fares."""


class State(StrEnum):
    CLOSED = "closed"
    HALF_OPEN = "half_open"
    OPEN = "open"

    @property
    def level(self) -> int:
        """0 closed, 1 half open, 2 open."""
        return [*State].index(self)


class Breaker:
    """Counts attempts in a sliding window; no call waits or raises."""

    def __init__(
        self,
        config: BreakerConfig,
        clock: Callable[[], float],
        changed: Callable[[State, str], None] = lambda _, __: None,
    ) -> None:
        """`clock` tells seconds, `changed` is told every new state and why."""
        self._config, self._clock, self._changed = config, clock, changed
        self.state = State.CLOSED
        self._attempts: deque[tuple[float, bool, str]] = deque()
        self._good_in_a_row = 0
        self._wait_s, self._next_probe = config.cool_down_s, 0.0

    @property
    def closed(self) -> bool:
        """Whether players' orders may go through."""
        return self.state is State.CLOSED

    def record(self, *, good: bool, client: str = "") -> None:
        """What came of an attempt for a client. While the path is shut only probes count."""
        if not self.closed:
            return
        now = self._clock()
        self._attempts.append((now, good, client))
        while self._attempts[0][0] < now - self._config.window_s:
            self._attempts.popleft()
        bad, count = sum(not one for _, one, _ in self._attempts), len(self._attempts)
        share = self._config.failure_share
        if count >= self._config.least and bad >= share * count and self._mildest() >= share:
            self.trip(f"{bad} of {count} attempts failed within {self._config.window_s:g} s")

    def _mildest(self) -> float:
        """Share of bad attempts of the client that fares best: where one is served well, the path works,
        and another that asks for what cannot be written shuts it for nobody else."""
        counts = Counter(client for _, _, client in self._attempts)
        bad = Counter(client for _, good, client in self._attempts if not good)
        return min((bad[one] / n for one, n in counts.items() if n >= _TOLD), default=1.0)

    def trip(self, reason: str) -> None:
        """Opens now, whatever was counted."""
        if self.closed:
            self._wait_s = self._config.cool_down_s
            self._open(reason)

    @property
    def probe_due(self) -> bool:
        """Whether it is time for a shadow generation."""
        return not self.closed and self._clock() >= self._next_probe

    def probed(self, *, good: bool) -> None:
        """What came of a shadow generation."""
        if self.closed:
            return
        if not good:
            self._wait_s = min(2 * self._wait_s, self._config.longest_cool_down_s)
            self._open("a shadow generation failed")
            return
        self._good_in_a_row += 1
        if self._good_in_a_row < self._config.closes_after:
            self._become(State.HALF_OPEN, "a shadow generation was good")
            return
        self._attempts.clear()
        self._become(State.CLOSED, f"{self._good_in_a_row} shadow generations in a row were good")

    def _open(self, reason: str) -> None:
        self._good_in_a_row = 0
        self._next_probe = self._clock() + self._wait_s
        self._become(State.OPEN, reason)

    def _become(self, state: State, reason: str) -> None:
        if state is not self.state:
            self.state = state
            self._changed(state, reason)
