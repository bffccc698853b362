"""Fair queueing: so many at a time, and who has to wait is let in client by client, not by arrival.

How many can depend on how long they take. An engine that is given more than it can do finishes nothing in
time; so the number comes down while turns are slow, and goes up again: additive increase, multiplicative
decrease (Chiu and Jain, 1989), as TCP and Netflix' concurrency limits have it.
"""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

_LONGEST = 64
_DECREASE, _LEAST = 0.9, 0.25


class Turns:
    """A client that asks for much waits behind itself: each in rotation gets one turn."""

    def __init__(
        self,
        most: int,
        longest: int = _LONGEST,
        *,
        slow_s: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """At most `most` have their turn at a time, `longest` of one client wait for it.

        Down to a quarter while turns take longer than `slow_s` seconds and than their askers' patience: not
        lower, as a turn that is slow by itself is not quicker alone.
        """
        self._most, self._allowed, self._busy = most, float(most), 0
        self._longest, self._slow_s, self._clock = longest, slow_s, clock
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, client: str, patience_s: float | None = None) -> AsyncGenerator[bool]:
        """Whether it is the caller's turn, for as long as the block lasts.

        False at once when too many of the client's wait already, or when `patience_s` seconds are over.
        """
        ours, began = await self._wait(client, patience_s), self._clock()
        try:
            yield ours
        finally:
            if ours:
                self._took(self._clock() - began, patience_s or 0.0)
                self._pass_on()

    @property
    def at_once(self) -> int:
        """How many may have their turn at a time now."""
        return int(self._allowed)

    @property
    def waiting(self) -> int:
        return sum(map(len, self._waiting.values()))

    async def _wait(self, client: str, patience_s: float | None) -> bool:
        if self._busy < self.at_once:
            self._busy += 1
            return True
        line = self._waiting.setdefault(client, deque())
        if len(line) >= self._longest:
            return False
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line.append(place)
        try:
            await asyncio.wait({place}, timeout=patience_s)
        except asyncio.CancelledError:
            if place.done():
                self._pass_on()
            else:
                self._leave(client, place)
            raise
        if not place.done():
            self._leave(client, place)
        return place.done()

    def _leave(self, client: str, place: asyncio.Future[None]) -> None:
        line = self._waiting[client]
        line.remove(place)
        if not line:
            del self._waiting[client]

    def _took(self, seconds: float, patience_s: float) -> None:
        # Not the patience alone: a client with very little of it would slow down all the others.
        if self._slow_s is not None and seconds > max(self._slow_s, patience_s):
            self._allowed = max(1.0, self._most * _LEAST, self._allowed * _DECREASE)
        else:
            self._allowed = min(self._most, self._allowed + 1 / self._allowed)

    def _pass_on(self) -> None:
        self._busy -= 1
        while self._waiting and self._busy < self.at_once:
            self._busy += 1
            client, line = self._waiting.popitem(last=False)
            line.popleft().set_result(None)
            if line:
                self._waiting[client] = line  # at the end: after all the others
