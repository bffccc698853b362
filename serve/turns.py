"""Fair queueing: so many at a time, and who has to wait is let in client by client, not by arrival."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

_LONGEST = 64


class Turns:
    """A client that asks for much waits behind itself: each in rotation gets one turn."""

    def __init__(self, most: int, longest: int = _LONGEST) -> None:
        """`most` have their turn at a time, `longest` of one client wait for it."""
        self._free, self._longest = most, longest
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, client: str, patience_s: float | None = None) -> AsyncGenerator[bool]:
        """Whether it is the caller's turn, for as long as the block lasts.

        False at once when too many of the client's wait already, or when `patience_s` seconds are over.
        """
        ours = await self._wait(client, patience_s)
        try:
            yield ours
        finally:
            if ours:
                self._pass_on()

    @property
    def waiting(self) -> int:
        return sum(map(len, self._waiting.values()))

    async def _wait(self, client: str, patience_s: float | None) -> bool:
        if self._free:
            self._free -= 1
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

    def _pass_on(self) -> None:
        if not self._waiting:
            self._free += 1
            return
        client, line = self._waiting.popitem(last=False)
        line.popleft().set_result(None)
        if line:
            self._waiting[client] = line  # at the end: after all the others
