"""The whole platform, started once as a user starts it, beside a Redis that the tests may break."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from live_platform import LivePlatform

from serve.local.redis_server import RedisServer


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that break the engine come late: it takes half a minute to load again. Those with two
    engines of their own come last, when the disk's pages are warm."""
    items.sort(key=lambda item: (item.path.name == "test_canary.py", "engine_killed" in item.name))


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    with tempfile.TemporaryDirectory(prefix="es-redis-") as folder:
        server = RedisServer(Path(folder))
        server.start()
        yield server
        server.stop()


@pytest.fixture(scope="session")
def platform(redis_server: RedisServer) -> Iterator[LivePlatform]:
    live = LivePlatform(redis_server)
    live.start()
    yield live
    left = live.stop()
    assert not left, f"processes left behind: {left}"
