"""The whole platform is what its OpenAPI document says, whatever is sent over HTTP, through HAProxy.

Ends with `operations=… cases=… failures=0 server_errors=0 store_away=…`. Run it by `make prove-wire`;
EXAMPLES= says how many each call gets at the most.
"""

import os
import tempfile
import time
from collections.abc import Generator
from pathlib import Path

import pytest
from interface import UNTESTED, examine
from live_platform import ADMIN, KEY, LivePlatform, request

from serve.api.contract import EventResponse
from serve.local.redis_server import RedisServer

pytestmark = pytest.mark.proof
ALERTS = "test-alerts"
KEYS = {"game": KEY, "admin": ADMIN, "alerts": ALERTS}
OFF = UNTESTED | {
    "ignored_auth": "sends dozens of wrong keys a minute, which are throttled here: 429 instead of 401; "
    "tests/integration/test_interface.py runs it on a quick clock",
}


@pytest.fixture
def platform() -> Generator[LivePlatform]:
    with tempfile.TemporaryDirectory(prefix="es-redis-") as folder:
        redis = RedisServer(Path(folder))
        redis.start()
        live = LivePlatform(redis, EVENTSMITH_ALERTS_TOKEN=ALERTS)
        try:
            live.start()
            yield live
        finally:
            live.stop()
            redis.stop()


def test_the_platform_is_as_documented(
    platform: LivePlatform, capsys: pytest.CaptureFixture[str]
) -> None:
    began, examples = time.monotonic(), int(os.environ.get("EXAMPLES", "200"))
    found = examine(platform.url, KEYS, examples=examples, sequences=examples, off=OFF)
    with capsys.disabled():
        for name, words in found.failures.items():
            print(f"\n{name}\n{words}")
        print(f"\n{dict(found.cases)} in {time.monotonic() - began:.0f} s\n{found.line()}")
    assert not found.errors
    assert not found.failures
    assert found.server_errors == 0
    assert found.away <= found.cases.total() / 500
    answer = platform.http.post("/api/llm/events", json=request(deadlineMs=1000))
    assert answer.status_code == 200
    EventResponse.model_validate(answer.json())
