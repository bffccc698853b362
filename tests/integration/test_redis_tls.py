"""Redis as it is shipped: over TLS alone, and each user within what they may do.

That the store keeps its contract there is shown in test_stores.py, of which this server is one of three.
"""

import inspect
import socket
import ssl
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from redis.exceptions import NoPermissionError
from redis_tls import TlsRedis, make_secrets, redis_tls
from samples import pooled

from serve.adapters.redis_calls import connect
from serve.adapters.redis_store import RedisStore
from serve.settings import PoolConfig


@pytest.fixture(scope="module")
def server() -> Iterator[TlsRedis]:
    with redis_tls() as running:
        yield running


@pytest.fixture
def platform(server: TlsRedis) -> Iterator[redis.Redis]:
    """With the address that the platform is given."""
    client = redis.Redis.from_url(server.url, decode_responses=True)
    yield client
    client.close()


async def test_the_platform_may_do_all_it_does(server: TlsRedis) -> None:
    """Every method of the store, and Redis' own list of what it refused stays empty."""
    server.admin.acl_log_reset()
    store, draft = RedisStore(server.url, PoolConfig(largest=1)), pooled()
    done: dict[str, Any] = {
        "put": [await store.put(pooled(name, key=draft.key)) for name in ("d1", "d2")],
        "fetch": await store.fetch(draft.key),
        "record": await store.record("d2"),
        "claim": await store.claim("p", ["a"]),
        "acquire": await store.acquire("l", "me", 5),
        "release": await store.release("l", "me"),
        "remember": await store.remember("v", "1", 10),
        "recall": await store.recall("v"),
        "swap": await store.swap("s", None, "1"),
        "append": await store.append("list", "a", largest=2, seconds=10),
        "entries": await store.entries("list"),
        "write": await store.write("t", "f", "on"),
        "table": await store.table("t"),
        "add": await store.add({"n": {"x": 1.5}}, {"n": 10}),
        "tables": await store.tables(["n"]),
        "ping": await store.ping(),
        "close": await store.close(),
    }
    surface = {
        name
        for name, _ in inspect.getmembers(RedisStore, inspect.iscoroutinefunction)
        if not name.startswith("_")
    }
    assert done.keys() == surface
    assert (done["fetch"][0].draft_id, done["claim"], done["swap"]) == ("d2", "a", True)
    assert server.admin.acl_log() == []


_FORBIDDEN = [
    "FLUSHALL", "FLUSHDB", "KEYS *", "SCAN 0", "RANDOMKEY", "DBSIZE", "SELECT 1", "SWAPDB 0 1",
    "CONFIG GET maxmemory", "CONFIG SET maxmemory 1", "ACL LIST", "ACL SETUSER x on", "INFO",
    "CLIENT LIST", "CLIENT KILL TYPE normal", "MONITOR", "SHUTDOWN NOSAVE", "SAVE", "BGREWRITEAOF",
    "REPLICAOF 127.0.0.1 1", "MODULE LIST", "SCRIPT FLUSH", "FUNCTION FLUSH",
    "FUNCTION LIST", "MIGRATE 127.0.0.1 1 es:x 0 1", "SORT es:list", "PUBLISH es:x 1", "SUBSCRIBE es:x",
]  # fmt: skip


@pytest.mark.parametrize("command", _FORBIDDEN)
def test_the_platform_cannot(platform: redis.Redis, command: str) -> None:
    with pytest.raises(NoPermissionError):
        platform.execute_command(*command.split())


_OUTSIDE = [
    ("GET", "other"), ("SET", "other", "1"), ("HGETALL", "es"), ("RENAME", "es:v", "other"),
    ("COPY", "es:v", "other"), ("LMOVE", "es:list", "other", "LEFT", "LEFT"),
    ("EVAL", "return redis.call('GET', KEYS[1])", "1", "other"),
    ("EVAL", "return redis.call('GET', 'other')", "0"),
    ("EVAL", "return redis.call('FLUSHALL')", "0"),
]  # fmt: skip


@pytest.mark.parametrize("command", _OUTSIDE, ids=" ".join)
def test_the_platform_cannot_leave_its_keys(
    server: TlsRedis, platform: redis.Redis, command: tuple[str, ...]
) -> None:
    server.admin.set("other", "untouched")
    server.admin.set("es:v", "1")
    with pytest.raises(redis.ResponseError, match=r"(?i)permission|can't access|can't run"):
        platform.execute_command(*command)
    assert server.admin.get("other") == "untouched"


@pytest.mark.parametrize("command", ["GET es:v", "SET es:v 1", "INFO", "CONFIG GET *", "AUTH x y"])
def test_the_probe_says_ping_and_nothing_else(server: TlsRedis, command: str) -> None:
    client = redis.Redis.from_url(server.url_of("probe", "any"))
    assert client.ping()
    with pytest.raises((NoPermissionError, redis.AuthenticationError)):
        client.execute_command(*command.split())


@pytest.mark.parametrize(
    ("user", "password"),
    [("default", ""), ("default", "x"), ("eventsmith", "wrong"), ("nobody", "x")],
)
def test_nobody_else_is_let_in(server: TlsRedis, user: str, password: str) -> None:
    with pytest.raises(
        redis.ConnectionError, match="invalid username-password pair or user is disabled"
    ):
        redis.Redis.from_url(server.url_of(user, password)).ping()


def test_whoever_says_no_name_is_let_in_to_nothing(server: TlsRedis) -> None:
    url = f"rediss://redis:{server.port}/0?ssl_ca_certs={server.folder / 'redis_ca'}"
    with pytest.raises(redis.AuthenticationError):
        redis.Redis.from_url(url).get("es:v")


async def test_connections_share_what_they_trust_and_trust_nobody_else(server: TlsRedis) -> None:
    """A connection that read every authority of the machine would not be there in 50 ms."""
    pools = [connect(server.url, 0.05).connection_pool for _ in range(2)]
    made = [pool.make_connection() for pool in pools for _ in range(2)]
    contexts = {id(one.ssl_context.get()) for one in made}
    assert len(contexts) == 1
    (authority,) = made[0].ssl_context.get().get_ca_certs()
    assert authority["subject"] == ((("commonName", "redis"),),)


def test_another_authority_is_not_believed(server: TlsRedis) -> None:
    make_secrets(server.folder / "another")
    for ca in ("another/redis_ca", "/etc/ssl/certs/ca-certificates.crt"):
        client = redis.Redis.from_url(server.url_of("probe", "any", ca=ca))
        with pytest.raises(redis.ConnectionError, match="CERTIFICATE_VERIFY_FAILED"):
            client.ping()


def test_another_name_is_not_believed(server: TlsRedis) -> None:
    url = server.url_of("probe", "any").replace("@redis:", "@localhost:")
    with pytest.raises(redis.ConnectionError, match="Hostname mismatch"):
        redis.Redis.from_url(url).ping()


def test_nobody_is_heard_without_tls(server: TlsRedis) -> None:
    with pytest.raises(redis.ConnectionError):
        redis.Redis.from_url(server.url_of("probe", "any", scheme="redis")).ping()
    assert server.admin.config_get("port") == {"port": "0"}


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_versions_of_tls_are_refused(server: TlsRedis, version: ssl.TLSVersion) -> None:
    context = ssl.create_default_context(cafile=str(server.folder / "redis_ca"))
    context.minimum_version = context.maximum_version = version
    context.set_ciphers("ALL:@SECLEVEL=0")
    with (
        socket.create_connection(("127.0.0.1", server.port), timeout=5) as plain,
        pytest.raises(ssl.SSLError, match=r"(?i)alert protocol version"),
    ):
        context.wrap_socket(plain, server_hostname="redis")
