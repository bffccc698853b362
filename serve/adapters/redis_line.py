"""One connection of redis-py's, held by one caller: what a hit spends its time on otherwise.

redis-py's client takes a connection from a pool for each command, packs the command in Python, and
starts a task to bound the sending. A caller who asks one thing at a time needs none of that: measured
at a quarter of the cost of `Redis.execute_command` (decision 6).
"""

import asyncio
from collections.abc import Callable
from typing import Any

import hiredis
from redis.asyncio import Redis

_pack: Callable[[tuple[str | int, ...]], bytes] = hiredis.pack_command  # pyright: ignore[reportAssignmentType] - typed as of one part


class Line:
    """Sends a command and waits for its reply; connects, and connects again, by itself."""

    def __init__(self, redis: Redis, timeout_s: float) -> None:
        self._connection, self._timeout_s = redis.connection_pool.make_connection(), timeout_s
        self._connection.socket_timeout = None  # one bound around both, instead of one each

    async def call(self, *command: str | int) -> Any:
        """The reply. Raises TimeoutError, OSError or redis-py's RedisError, after which it reconnects."""
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._connection.send_packed_command(_pack(command), check_health=False)
                return await self._connection.read_response()
        except TimeoutError:
            await self._connection.disconnect(nowait=True)
            raise

    async def close(self) -> None:
        await self._connection.disconnect(nowait=True)
