"""redis-py behind the ports: the pool, claims, leases, records, flags. Never waits over 50 ms."""

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from serve.adapters.redis_calls import (
    PATIENT_S,
    TIMEOUT_S,
    Calls,
    WrongType,
    connect,
    patient,
    translated,
)
from serve.adapters.redis_claims import Claims
from serve.adapters.redis_drafts import ReadDrafts, parsed
from serve.adapters.redis_line import Line
from serve.pool import PooledDraft
from serve.settings import PoolConfig

_Call = Callable[[Awaitable[Any]], Awaitable[Any]]

_PROBED_S = 60

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
        self._config, self._call = config, Calls().quick
        self._redis, self._patient = connect(url, TIMEOUT_S), connect(url, PATIENT_S)
        self._line = Line(self._redis, TIMEOUT_S)
        self._claims = Claims(self._line, self._call, config.seen_ttl_s)
        self._drafts = ReadDrafts()
        self._acquire = self._redis.register_script(_ACQUIRE)
        self._release = self._redis.register_script(_RELEASE)
        self._swap = self._patient.register_script(_SWAP)

    async def close(self) -> None:
        await self._line.close()
        await self._redis.aclose()
        await self._patient.aclose()

    async def fetch(self, key: str) -> list[PooledDraft]:
        """All drafts of a key within the hard TTL; an entry that is none of it is left out."""
        return self._young(key, await self._ids(key))

    async def _ids(self, key: str) -> list[str]:
        """Of everything that lies under a key, read from now on."""
        ids: list[str] = await self._cured(_pool(key), lambda: self._redis.hkeys(_pool(key)))
        if unread := self._drafts.unread(key, ids):
            rows = await self._call(self._redis.hmget(_pool(key), unread))
            self._drafts.read(key, unread, rows)
        return ids

    def _young(self, key: str, ids: Sequence[str]) -> list[PooledDraft]:
        now = time.time()
        drafts = self._drafts.of(key, ids)
        return [draft for draft in drafts if draft.age(now) < self._config.hard_ttl_s]

    async def put(self, draft: PooledDraft) -> None:
        """Adds a draft to its key and keeps its flight record.

        Of what lies there, the youngest drafts up to the key's size stay; nothing else does.
        """
        row, pool = draft.model_dump_json(), _pool(draft.key)
        ids = await self._ids(draft.key)
        youngest = sorted(self._young(draft.key, ids), key=lambda other: -other.created_at)
        stay = {other.draft_id for other in youngest[: self._config.largest - 1]}
        pipe = self._redis.pipeline(transaction=True)
        pipe.hset(pool, draft.draft_id, row)
        pipe.expire(pool, int(self._config.hard_ttl_s))
        pipe.set(f"es:record:{draft.draft_id}", row, ex=self._config.record_ttl_s)
        if gone := [draft_id for draft_id in ids if draft_id not in stay | {draft.draft_id}]:
            pipe.hdel(pool, *gone)
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
        return parsed(await patient(self._patient.get(f"es:record:{draft_id}")), draft_id)

    async def remember(self, name: str, value: str, seconds: int) -> bool:
        """Keeps a value under a name unless there is one already; whether it was kept."""
        return bool(await self._call(self._redis.set(f"es:{name}", value, nx=True, ex=seconds)))

    async def recall(self, name: str) -> str | None:
        return await self._call(self._redis.get(f"es:{name}"))

    async def swap(self, name: str, old: str | None, new: str) -> bool:
        """Writes a value, for ever, unless it is no longer `old`; whether it was written."""
        return bool(await patient(self._swap([f"es:{name}"], [old or "", new])))

    async def append(self, name: str, value: str, *, largest: int, seconds: int | None) -> None:
        """Adds to the front of a bounded list."""

        def appended() -> Awaitable[Any]:
            pipe = self._patient.pipeline(transaction=True)
            pipe.lpush(f"es:{name}", value)
            pipe.ltrim(f"es:{name}", 0, largest - 1)
            if seconds is not None:
                pipe.expire(f"es:{name}", seconds)
            return pipe.execute()

        await self._cured(f"es:{name}", appended, patient)

    async def entries(self, name: str) -> list[str]:
        """A bounded list, newest first."""
        return await patient(self._patient.lrange(f"es:{name}", 0, -1))

    async def table(self, name: str) -> dict[str, str]:
        return await patient(self._patient.hgetall(f"es:{name}"))

    async def write(self, name: str, field: str, value: str) -> None:
        """Sets a field of a table."""
        key = f"es:{name}"
        await self._cured(key, lambda: self._patient.hset(key, field, value), patient)

    async def add(self, increments: dict[str, dict[str, float]], seconds: dict[str, int]) -> None:
        """Adds numbers to the fields of tables, each table expiring after `seconds` where given."""
        pipe = self._patient.pipeline(transaction=False)
        for name, fields in increments.items():
            for field, amount in fields.items():
                pipe.hincrbyfloat(f"es:{name}", field, amount)
            if name in seconds:
                pipe.expire(f"es:{name}", seconds[name])
        await patient(pipe.execute())

    async def tables(self, names: Sequence[str]) -> list[dict[str, str]]:
        """Several tables in one round trip; what is no table is an empty one."""
        pipe = self._patient.pipeline(transaction=False)
        for name in names:
            pipe.hgetall(f"es:{name}")
        return [_table(reply) for reply in await patient(pipe.execute(raise_on_error=False))]

    async def ping(self) -> None:
        """Answers when Redis takes a write, whatever happened to earlier calls: one that is full or
        read-only would answer a PING."""
        await patient(self._patient.set("es:probe", 1, ex=_PROBED_S))

    async def _cured(
        self, key: str, ask: Callable[[], Awaitable[Any]], call: _Call | None = None
    ) -> Any:
        """The reply; where nobody of ours can have written what lies there, without it."""
        call = call or self._call
        try:
            return await call(ask())
        except WrongType:
            await call(self._redis.delete(key))
            return await call(ask())


def _table(reply: dict[str, str] | Exception) -> dict[str, str]:
    """Raises StoreError for what is an error of another kind."""
    if not isinstance(reply, Exception):
        return reply
    error = translated(reply)
    if isinstance(error, WrongType):
        return {}
    raise error


def _pool(key: str) -> str:
    return f"es:pool:{key}"
