"""What happens to a Redis: dead, still, full, read-only, emptied, and full of nonsense."""

from collections.abc import Generator
from contextlib import contextmanager
from random import Random
from typing import Any

import redis

from loadtest.chaos.garbage import spoiled
from loadtest.chaos.grounds import Grounds
from serve.errors import ConfigurationError

_SEED = 9


@contextmanager
def full(grounds: Grounds) -> Generator[None]:
    """Nothing may be dropped and there is no room left: every write is refused (OOM)."""
    client = _client(grounds)
    before = {name: client.config_get(name)[name] for name in ("maxmemory", "maxmemory-policy")}
    client.config_set("maxmemory-policy", "noeviction")
    client.config_set("maxmemory", "1mb")
    try:
        yield
    finally:
        for name, value in before.items():
            client.config_set(name, value)


@contextmanager
def read_only(grounds: Grounds) -> Generator[None]:
    """A replica of a server that is not there: it reads, and refuses to write (READONLY)."""
    client = _client(grounds)
    client.execute_command("REPLICAOF", "127.0.0.1", "1")
    try:
        yield
    finally:
        client.execute_command("REPLICAOF", "NO", "ONE")


@contextmanager
def flushed(grounds: Grounds) -> Generator[None]:
    """Everything gone at once, scripts too."""
    client = _client(grounds)
    client.flushall()
    client.script_flush()
    yield


@contextmanager
def corrupted(grounds: Grounds) -> Generator[None]:
    """Every value there is overwritten by one that is wrong in some way; put back afterwards."""
    client, rng = _client(grounds), Random(_SEED)
    kept = {name: client.dump(name) for name in client.keys("es:*")}
    for name, dumped in kept.items():
        if dumped is not None:
            spoiled(client, name, rng)
    try:
        yield
    finally:
        for name, dumped in kept.items():
            if dumped is not None:
                client.restore(name, 0, dumped, replace=True)


def _client(grounds: Grounds) -> Any:  # redis-py types every reply as of both its clients
    if grounds.stage.redis is None:
        raise ConfigurationError("no Redis of our own runs")
    return redis.Redis.from_url(grounds.stage.redis.url, socket_timeout=5)
