"""What a real Redis may hold, refuse or be, and what becomes of it: StoreError or the rest, never worse."""

import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from corruption import KEY, LIES, UNREADABLE, Corruption, from_tomorrow, spoilt
from fakes import Desk, Switch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples import POLICY, STATE, pooled, states
from served import LIBRARY

from serve.adapters.redis_store import RedisStore
from serve.domain.rules import violations
from serve.domain.state import GameState, Locale
from serve.errors import StoreError
from serve.local.redis_server import RedisServer
from serve.local_pool import LocalPool
from serve.pool import Variant
from serve.release.audit import AuditTrail
from serve.release.board import RolloutBoard
from serve.release.flags import FlagBoard
from serve.service import EventService
from serve.serving import Ask
from serve.settings import PoolConfig
from serve.tally import Tally

POOL = f"es:pool:{KEY}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    running = RedisServer(Path(tmp_path_factory.mktemp("r")))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def raw(server: RedisServer) -> Iterator[Any]:
    """Redis as whoever corrupts it sees it; whole and empty again afterwards."""
    client = redis.Redis.from_url(server.url)
    client.flushall()
    yield client
    client.replicaof("NO", "ONE")
    client.config_set("maxmemory", "256mb")
    client.config_set("maxmemory-policy", "volatile-lru")


@pytest.fixture
async def store(server: RedisServer) -> AsyncIterator[RedisStore]:
    opened = RedisStore(server.url, PoolConfig())
    yield opened
    await opened.close()


async def _ids(store: RedisStore) -> list[str]:
    return sorted(draft.draft_id for draft in await store.fetch(KEY))


SPOILT = [*LIES, *UNREADABLE]


@pytest.mark.parametrize("corruption", SPOILT, ids=[one.name for one in SPOILT])
async def test_one_spoilt_draft_costs_no_other(
    raw: Any, store: RedisStore, corruption: Corruption
) -> None:
    await store.put(pooled("good"))
    raw.hset(POOL, "spoilt", spoilt(corruption, pooled("spoilt")))
    assert await _ids(store) == ["good"]
    await store.put(pooled("next"))
    assert sorted(raw.hkeys(POOL)) == [b"good", b"next"], "it makes room"


BYTES = {
    "no UTF-8": b'\xff\xfe{"draft_id": "spoilt"}',
    "a byte within": pooled("spoilt").model_dump_json().encode().replace(b"p1", b"p\xff"),
    "cut within a letter": pooled("spoilt").model_dump_json().encode()[:150],
    "nothing": b"",
    "zeros": b"\0" * 1000,
    "deep": b"[" * 100_000,
    "another draft": pooled("other").model_dump_json().encode(),
}


@pytest.mark.parametrize("row", BYTES.values(), ids=BYTES)
async def test_bytes_that_are_no_draft_cost_no_other(
    raw: Any, store: RedisStore, row: bytes
) -> None:
    await store.put(pooled("good"))
    raw.hset(POOL, "spoilt", row)
    raw.hset(POOL, b"\xff\xfe", row)
    assert await _ids(store) == ["good"]
    raw.set("es:record:spoilt", row)
    assert await store.record("spoilt") is None


async def test_a_draft_under_the_id_of_another_key_does_not_take_its_place(
    raw: Any, store: RedisStore
) -> None:
    await store.put(pooled("mine"))
    assert await _ids(store) == ["mine"]
    elsewhere = KEY.replace("growth", "early")
    raw.hset(f"es:pool:{elsewhere}", "mine", pooled("mine").model_dump_json())
    assert await store.fetch(elsewhere) == []
    assert await _ids(store) == ["mine"]


async def test_a_draft_from_tomorrow_is_not_fresh_for_a_day(raw: Any, store: RedisStore) -> None:
    raw.hset(POOL, "ahead", from_tomorrow("ahead").model_dump_json())
    assert await _ids(store) == []


WRONG: dict[str, Callable[[Any, str], Any]] = {
    "string": lambda raw, key: raw.set(key, b"\xff"),
    "list": lambda raw, key: raw.rpush(key, b"\xff"),
    "set": lambda raw, key: raw.sadd(key, b"\xff"),
    "hash": lambda raw, key: raw.hset(key, b"\xff", b"\xff"),
    "stream": lambda raw, key: raw.xadd(key, {b"\xff": b"\xff"}),
}
wrong = pytest.mark.parametrize("kind", WRONG)


@wrong
async def test_a_pool_that_is_none_is_replaced(raw: Any, store: RedisStore, kind: str) -> None:
    WRONG[kind](raw, POOL)
    assert await _ids(store) == []
    await store.put(pooled("good"))
    assert await _ids(store) == ["good"]


@wrong
async def test_every_call_answers_or_raises_a_store_error(
    raw: Any, store: RedisStore, kind: str
) -> None:
    await store.claim("p", ["a"])
    seen = raw.keys("es:seen:*")[0].decode().removeprefix("es:")
    raw.delete(f"es:{seen}")
    for key in (seen, "lease:x", "record:x", "value", "audit", "flags", "totals", "rollout"):
        WRONG[kind](raw, f"es:{key}")
    for call in (
        lambda: store.claim("p", ["a"]),
        lambda: store.acquire("x", "me", 1),
        lambda: store.release("x", "me"),
        lambda: store.record("x"),
        lambda: store.recall("value"),
        lambda: store.remember("value", "v", 10),
        lambda: store.swap("rollout", None, "{}"),
        lambda: store.entries("audit"),
        lambda: store.append("audit", "{}", largest=3, seconds=10),
        lambda: store.table("flags"),
        lambda: store.write("flags", "llm-events", "off|admin"),
        lambda: store.add({"totals": {"x": 1}}, {}),
        lambda: store.tables(["totals"]),
    ):
        try:
            await call()
        except StoreError:
            continue
    await RolloutBoard(store, Tally()).follow()


@wrong
async def test_an_operator_can_still_switch_the_flag(
    raw: Any, store: RedisStore, kind: str
) -> None:
    WRONG[kind](raw, "es:flags")
    WRONG[kind](raw, "es:flags:audit")
    board = FlagBoard(store, {"llm-events": True}, Tally())
    await board.follow()
    assert board.enabled("llm-events")
    await board.set("llm-events", False, actor="admin", reason="WRONGTYPE")
    other = FlagBoard(store, {"llm-events": True}, Tally())
    await other.follow()
    assert not other.enabled("llm-events")
    assert [entry["actor"] for entry in await AuditTrail(store).entries()] == ["admin"]


async def test_one_player_s_broken_memory_costs_no_other_player(
    raw: Any, store: RedisStore
) -> None:
    await store.claim("broken", ["a"])
    raw.set(*raw.keys("es:seen:*"), "x")
    for number in range(10):  # more than the failures after which nobody would be asked
        with pytest.raises(StoreError):
            await store.claim("broken", ["a"])
        assert await store.claim(f"whole-{number}", ["a"]) == "a"


async def test_totals_beside_one_that_is_none_are_read(raw: Any, store: RedisStore) -> None:
    raw.set("es:odd", "x")
    raw.hset("es:bytes", "f", b"\xff")
    await store.add({"even": {"x": 2}}, {})
    odd, spelt, even = await store.tables(["odd", "bytes", "even"])
    assert (odd, even) == ({}, {"x": "2"})
    assert spelt == {"f": "\\xff"}


def full(raw: Any) -> None:
    """Every write is answered with OOM."""
    raw.config_set("maxmemory-policy", "noeviction")
    raw.config_set("maxmemory", "1")


def read_only(raw: Any) -> None:
    """A replica whose master is gone: every write is answered with READONLY."""
    raw.replicaof("127.0.0.1", "1")


CALLS: dict[str, Callable[[RedisStore], Any]] = {
    "fetch": lambda store: store.fetch(KEY),
    "put": lambda store: store.put(pooled("more")),
    "claim": lambda store: store.claim("p", ["a", "b"]),
    "acquire": lambda store: store.acquire("x", "me", 1),
    "release": lambda store: store.release("x", "me"),
    "record": lambda store: store.record("x"),
    "remember": lambda store: store.remember("v", "1", 10),
    "recall": lambda store: store.recall("v"),
    "swap": lambda store: store.swap("v", None, "1"),
    "append": lambda store: store.append("l", "1", largest=3, seconds=10),
    "entries": lambda store: store.entries("l"),
    "table": lambda store: store.table("t"),
    "write": lambda store: store.write("t", "f", "1"),
    "add": lambda store: store.add({"n": {"x": 1}}, {"n": 10}),
    "tables": lambda store: store.tables(["n", "t"]),
    "ping": lambda store: store.ping(),
}
WRITES = {"put", "claim", "remember", "append", "write", "add", "ping"}
refusals = pytest.mark.parametrize("refuse", [full, read_only])
quickly = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@refusals
@quickly
@given(names=st.lists(st.sampled_from(sorted(CALLS)), min_size=1, max_size=12))
async def test_a_refusal_is_a_store_error_and_reading_goes_on(
    raw: Any, server: RedisServer, refuse: Callable[[Any], None], names: list[str]
) -> None:
    refuse(raw)
    store = RedisStore(server.url, PoolConfig())
    for name in names:
        if name in WRITES:
            with pytest.raises(StoreError):
                await CALLS[name](store)
            continue
        try:
            await CALLS[name](store)
        except StoreError:
            assert name in ("acquire", "release", "swap"), f"{name} only reads"
    await store.close()


@refusals
@quickly
@given(state=states(), pressing=st.booleans())
async def test_events_go_on_while_redis_refuses(
    raw: Any,
    server: RedisServer,
    refuse: Callable[[Any], None],
    state: GameState,
    pressing: bool,
) -> None:
    raw.replicaof("NO", "ONE")
    raw.config_set("maxmemory", "256mb")
    store = RedisStore(server.url, PoolConfig())
    await store.put(pooled("kept"))
    refuse(raw)
    service = EventService(
        policy=POLICY,
        library=LIBRARY,
        pool=LocalPool(store, Tally()),
        desk=Desk(),
        switch=Switch(),
        releases=RolloutBoard(store, Tally()),
        tally=Tally(),
        variants={"current": Variant("p1", "m1")},
        ttl_s=300,
        largest=12,
    )
    asked = STATE if pressing else state
    sources = list[str]()
    for _ in range(2):
        started = time.monotonic()
        served = await service.next_event(Ask("p", asked, Locale.KO, None, started + 2))
        assert violations(served.event, asked, POLICY, Locale.KO) == ()
        sources.append(served.source)
    assert sources == ["pool", "static"] or not pressing, "the copy and the replica's own memory"
    await store.close()
