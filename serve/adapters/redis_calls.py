"""How Redis is asked: in time, and with its errors translated at the door."""

import asyncio
import time
from collections.abc import Awaitable
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from serve.adapters.redis_tls import TlsConnection
from serve.errors import StoreError

TIMEOUT_S, PATIENT_S = 0.05, 0.5
_FAILURES, _COOL_DOWN_S = 3, 0.5
"""After so many failures in a row nobody asks for this long: a frozen Redis delays three calls, not all."""


class Refused(StoreError):
    """Redis answered that it will not: full, read-only, or something else lies there."""


class WrongType(Refused):
    """What lies under a name is of another type than whoever asked keeps there."""


class Calls:
    """Bounds what is asked on a player's way; a refusal comes at once and so counts as no failure."""

    def __init__(self) -> None:
        self._failures, self._closed_until = 0, 0.0

    async def quick(self, reply: Awaitable[Any]) -> Any:
        """The reply. Raises StoreError, without asking if Redis failed a moment ago."""
        if time.monotonic() < self._closed_until:
            if asyncio.iscoroutine(reply):
                reply.close()
            raise StoreError("Redis failed a moment ago")
        try:
            answer = await patient(reply)
        except Refused:
            self._failures = 0
            raise
        except StoreError:
            self._failures += 1
            if self._failures >= _FAILURES:
                self._closed_until = time.monotonic() + _COOL_DOWN_S
            raise
        self._failures = 0
        return answer


async def patient(reply: Awaitable[Any]) -> Any:
    """The reply, however long it takes. Raises StoreError."""
    try:
        return await reply
    except (RedisError, OSError, TimeoutError) as error:
        raise translated(error) from error


def translated(error: Exception) -> StoreError:
    """An error of redis-py's as one of ours."""
    name = type(error).__name__
    if not isinstance(error, ResponseError):
        return StoreError(name)
    said = str(error).rpartition("caused error: ")[2]  # a pipeline quotes the command before it
    return WrongType(name) if said.lstrip("('\"").startswith("WRONGTYPE") else Refused(name)


def connect(url: str, timeout_s: float) -> Redis:
    """A client that fails in time instead of retrying, and reconnects by itself.

    Bytes that are no UTF-8 come back spelt out, which is no JSON: one such value spoils no other.
    """
    client = Redis.from_url(
        url,
        decode_responses=True,
        encoding_errors="backslashreplace",
        socket_timeout=timeout_s,
        socket_connect_timeout=timeout_s,
        retry=Retry(NoBackoff(), 0),
        max_connections=64,
    )
    if url.startswith("rediss:"):
        client.connection_pool.connection_class = TlsConnection
    return client
