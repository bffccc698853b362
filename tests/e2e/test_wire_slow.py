"""Clients that dawdle, hold on or vanish: they are cut off, and cost nobody else anything."""

import socket
import struct
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from statistics import median

import psutil
import pytest
from live_platform import LivePlatform
from wire import call, connect, exchange, get, valid

from serve.api.limits import SLOWEST_BODY_S
from serve.local.cluster import SLOWEST_HEAD_S

pytestmark = pytest.mark.e2e
_GRACE_S, _IN_TIME_S = 3.0, 1.1
_IDLE = 1000
_HEAD, _BODY = call(b"", length=b"2000"), b'{"playerId": "slow", '


def _dribbled(data: bytes, every_s: float) -> Iterator[bytes | float]:
    for at in range(len(data)):
        yield data[at : at + 1]
        yield every_s


SLOW: dict[str, tuple[tuple[bytes | float, ...], float]] = {
    "says nothing": ((), SLOWEST_HEAD_S),
    "half a head": ((_HEAD[:40],), SLOWEST_HEAD_S),
    "a head by the byte": (tuple(_dribbled(_HEAD[:28], 0.25)), SLOWEST_HEAD_S),
    "no body": ((_HEAD,), SLOWEST_BODY_S),
    "half a body": ((_HEAD, _BODY), SLOWEST_BODY_S),
    "a body by the byte": ((_HEAD, *_dribbled(_BODY + b" " * 8, 0.25)), SLOWEST_BODY_S),
}


def test_who_dawdles_is_cut_off(platform: LivePlatform) -> None:
    """All at once, while others play."""
    with ThreadPoolExecutor(len(SLOW)) as pool:
        exchanges = {
            name: pool.submit(exchange, platform.url, *pieces, patience_s=12)
            for name, (pieces, _) in SLOW.items()
        }
        took = _latencies(platform, 60, every_s=0.05)
        heard = {name: future.result() for name, future in exchanges.items()}
    for name, (_, limit_s) in SLOW.items():
        one = heard[name]
        assert one.closed or "body" in name, name  # HAProxy waits for the rest, 40 s of silence
        assert one.statuses == [408] or (one.statuses == [] and "byte" in name), (name, one)
        assert limit_s - 0.5 < one.took_s < limit_s + _GRACE_S, (name, one.took_s)
    assert max(took) < _IN_TIME_S


def test_a_thousand_idle_connections_slow_nobody_down(platform: LivePlatform) -> None:
    before = _latencies(platform, 100)
    with ExitStack() as held:
        for _ in range(_IDLE):
            line = held.enter_context(connect(platform.url))
            line.sendall(get(b"/healthz"))
            assert line.recv(4096).startswith(b"HTTP/1.1 200")
        meanwhile = _latencies(platform, 100)
    assert median(meanwhile) < 2 * median(before) + 0.01
    assert max(meanwhile) < _IN_TIME_S


def test_a_thousand_connections_that_say_nothing_are_gone_in_seconds(
    platform: LivePlatform,
) -> None:
    with ExitStack() as held:
        lines = [held.enter_context(connect(platform.url)) for _ in range(_IDLE)]
        took = _latencies(platform, 60, every_s=0.05)
        for line in lines:
            line.settimeout(SLOWEST_HEAD_S + _GRACE_S)
            heard = line.recv(4096)
            assert heard.startswith(b"HTTP/1.1 408")
            assert line.recv(4096) == b""
    assert max(took) < _IN_TIME_S


def test_who_vanishes_leaves_nothing_open(platform: LivePlatform) -> None:
    """Hung up on while it writes, in the middle of a body, and before it was asked anything."""
    watched = _servers(platform)
    before = _open(watched)
    cold = call(valid(deadlineMs=3000, currentTurn=27, trust=77, difficulty="HARD"))
    for sent in (cold, call(), _HEAD, _HEAD + _BODY, b"", b"POST /api"):
        for _ in range(20):
            _vanish(platform.url, sent)
    end = time.monotonic() + 15
    while any(left > was + 5 for left, was in zip(_open(watched), before, strict=True)):
        assert time.monotonic() < end, (before, _open(watched))
        time.sleep(0.25)


def _latencies(platform: LivePlatform, times: int, every_s: float = 0) -> list[float]:
    """Seconds that well-behaved players wait, one after the other; each gets an event."""
    took = list[float]()
    for _ in range(times):
        answer = platform.ask(deadlineMs=1000)
        assert answer.status_code == 200, answer.text
        took.append(answer.elapsed.total_seconds())
        time.sleep(every_s)
    return took


def _servers(platform: LivePlatform) -> list[psutil.Process]:
    """The API's replicas and HAProxy."""
    assert platform._process is not None
    family = psutil.Process(platform._process.pid).children(recursive=True)
    proxies = [process for process in family if process.name() == "haproxy"]
    assert proxies
    return platform.replicas("EventApi") + proxies


def _open(processes: list[psutil.Process]) -> list[int]:
    return [process.num_fds() for process in processes]


def _vanish(url: str, sent: bytes) -> None:
    """Sends and resets the connection, as a client that was killed does."""
    with connect(url) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.sendall(sent)
