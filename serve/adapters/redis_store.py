"""redis-py behind the ports: the pool, claims, leases, records, flags. Never waits over 50 ms."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from typing import Any

from pydantic import ValidationError
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from serve.adapters.redis_claims import Claims
from serve.adapters.redis_line import Line
from serve.errors import StoreError
from serve.pool import PooledDraft
from serve.settings import PoolConfig

_TIMEOUT_S, _PATIENT_S = 0.05, 0.5
_KNOWN = 4096
"""Drafts kept read, some ten kilobytes each."""
_FAILURES, _COOL_DOWN_S = 3, 0.5
"""After so many failures in a row nobody asks for this long: a frozen Redis delays three calls, not all."""

_ACQUIRE = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
_RELEASE = (
    "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"
)
_SWAP = """
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
"""


class RedisStore:
    """Everything that is shared between replicas. Every method raises StoreError on trouble.

    Calls on a player's way wait 50 ms at the most, and after three failures in a row nobody asks for
    half a second. Calls that only an operator or a background task waits for have half a second each.
    """

    def __init__(self, url: str, config: PoolConfig) -> None:
        self._config = config
        self._redis, self._patient = _connect(url, _TIMEOUT_S), _connect(url, _PATIENT_S)
        self._line = Line(self._redis, _TIMEOUT_S)
        self._claims = Claims(self._line, self._call, config.seen_ttl_s)
        self._known: OrderedDict[str, PooledDraft] = OrderedDict()
        self._acquire = self._redis.register_script(_ACQUIRE)
        self._release = self._redis.register_script(_RELEASE)
        self._swap = self._patient.register_script(_SWAP)
        self._failures, self._closed_until = 0, 0.0

    async def close(self) -> None:
        await self._line.close()
        await self._redis.aclose()
        await self._patient.aclose()

    async def fetch(self, key: str) -> list[PooledDraft]:
        """All drafts of a key within the hard TTL; an entry that cannot be read is left out."""
        ids: list[str] = await self._call(self._redis.hkeys(_pool(key)))
        if new := [draft_id for draft_id in ids if draft_id not in self._known]:
            for row in await self._call(self._redis.hmget(_pool(key), new)):
                self._know(row)
        now = time.time()
        drafts = [self._known[draft_id] for draft_id in ids if draft_id in self._known]
        return [draft for draft in drafts if draft.age(now) < self._config.hard_ttl_s]

    def _know(self, row: str | None) -> None:
        """A draft never changes: what was read once is not read again."""
        with suppress(ValidationError):
            draft = PooledDraft.model_validate_json(row or "")
            self._known[draft.draft_id] = draft
        while len(self._known) > _KNOWN:
            self._known.popitem(last=False)

    async def put(self, draft: PooledDraft) -> None:
        """Adds a draft to its key, drops the oldest past the key's size, keeps its flight record."""
        row, pool = draft.model_dump_json(), _pool(draft.key)
        known = await self.fetch(draft.key)
        pipe = self._redis.pipeline(transaction=True)
        pipe.hset(pool, draft.draft_id, row)
        pipe.expire(pool, int(self._config.hard_ttl_s))
        pipe.set(f"es:record:{draft.draft_id}", row, ex=self._config.record_ttl_s)
        oldest = sorted(known, key=lambda other: other.created_at)
        for old in oldest[: max(0, len(known) + 1 - self._config.largest)]:
            pipe.hdel(pool, old.draft_id)
        await self._call(pipe.execute())

    async def claim(self, player_id: str, stories: Sequence[str]) -> str | None:
        """The first of these the player has not seen, now marked as seen; None if all were."""
        return await self._claims.claim(player_id, stories)

    async def acquire(self, lease: str, owner: str, seconds: float) -> bool:
        """Takes or renews a lease; False while somebody else holds it."""
        held = self._acquire([f"es:lease:{lease}"], [owner, int(seconds * 1000)])
        return bool(await self._call(held))

    async def release(self, lease: str, owner: str) -> None:
        await self._call(self._release([f"es:lease:{lease}"], [owner]))

    async def record(self, draft_id: str) -> PooledDraft | None:
        """The flight record of a draft, for a day after it was written."""
        row = await self._patiently(self._patient.get(f"es:record:{draft_id}"))
        return PooledDraft.model_validate_json(row) if row else None

    async def remember(self, name: str, value: str, seconds: int) -> bool:
        """Keeps a value under a name unless there is one already; whether it was kept."""
        return bool(await self._call(self._redis.set(f"es:{name}", value, nx=True, ex=seconds)))

    async def recall(self, name: str) -> str | None:
        return await self._call(self._redis.get(f"es:{name}"))

    async def swap(self, name: str, old: str | None, new: str) -> bool:
        """Writes a value, for ever, unless it is no longer `old`; whether it was written."""
        return bool(await self._patiently(self._swap([f"es:{name}"], [old or "", new])))

    async def append(self, name: str, value: str, *, largest: int, seconds: int | None) -> None:
        """Adds to the front of a bounded list."""
        pipe = self._patient.pipeline(transaction=True)
        pipe.lpush(f"es:{name}", value)
        pipe.ltrim(f"es:{name}", 0, largest - 1)
        if seconds is not None:
            pipe.expire(f"es:{name}", seconds)
        await self._patiently(pipe.execute())

    async def entries(self, name: str) -> list[str]:
        """A bounded list, newest first."""
        return await self._patiently(self._patient.lrange(f"es:{name}", 0, -1))

    async def table(self, name: str) -> dict[str, str]:
        return await self._patiently(self._patient.hgetall(f"es:{name}"))

    async def write(self, name: str, field: str, value: str) -> None:
        await self._patiently(self._patient.hset(f"es:{name}", field, value))

    async def add(self, increments: dict[str, dict[str, float]], seconds: dict[str, int]) -> None:
        """Adds numbers to the fields of tables, each table expiring after `seconds` where given."""
        pipe = self._patient.pipeline(transaction=False)
        for name, fields in increments.items():
            for field, amount in fields.items():
                pipe.hincrbyfloat(f"es:{name}", field, amount)
            if name in seconds:
                pipe.expire(f"es:{name}", seconds[name])
        await self._patiently(pipe.execute())

    async def tables(self, names: Sequence[str]) -> list[dict[str, str]]:
        """Several tables in one round trip."""
        pipe = self._patient.pipeline(transaction=False)
        for name in names:
            pipe.hgetall(f"es:{name}")
        return await self._patiently(pipe.execute())

    async def ping(self) -> None:
        """Answers when Redis does, whatever happened to earlier calls."""
        await self._patiently(self._patient.ping())

    async def _call(self, reply: Awaitable[Any]) -> Any:
        if time.monotonic() < self._closed_until:
            if asyncio.iscoroutine(reply):
                reply.close()
            raise StoreError("Redis failed a moment ago")
        try:
            answer = await self._patiently(reply)
        except StoreError:
            self._failures += 1
            if self._failures >= _FAILURES:
                self._closed_until = time.monotonic() + _COOL_DOWN_S
            raise
        self._failures = 0
        return answer

    async def _patiently(self, reply: Awaitable[Any]) -> Any:
        try:
            return await reply
        except (RedisError, OSError, TimeoutError) as error:
            raise StoreError(type(error).__name__) from error


def _connect(url: str, timeout_s: float) -> Redis:
    """A client that fails in time instead of retrying, and reconnects by itself."""
    return Redis.from_url(
        url,
        decode_responses=True,
        socket_timeout=timeout_s,
        socket_connect_timeout=timeout_s,
        retry=Retry(NoBackoff(), 0),
        max_connections=64,
    )


def _pool(key: str) -> str:
    return f"es:pool:{key}"
