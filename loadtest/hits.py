"""What benchmarks of a hit share: the request, a filled pool, the floor, and the replica's CPU."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import redis
from rich.console import Console

from serve.local.preflight import free_port

EVENTS = "/api/llm/events"
EVENT = json.dumps({"event": "x" * 1400})
"""As long as an event: what the floor and the gateway answer."""
_STATE = {
    "currentTurn": 8,
    "difficulty": "NORMAL",
    "cash": 42_000_000,
    "users": 1200,
    "trust": 55,
    "infrastructure": ["EC2", "RDS", "S3", "CloudWatch"],
}
_SIZE = 600
_START_S = 180


def body() -> str:
    """A request of 600 bytes, the padding being what a game would tell about the moment."""
    request = {"playerId": "PLAYER", "gameState": _STATE, "eventContext": {"note": ""}}
    room = _SIZE - len(json.dumps(request)) - 14
    request["eventContext"] = {"note": "x" * room}
    return json.dumps(request)


def fill(url: str, request: str, console: Console) -> None:
    """Asks until the pool answers most players."""
    hits = 0
    for number in range(400):
        answer = httpx.post(
            url, json=json.loads(request.replace("PLAYER", f"f{number}")), timeout=30
        )
        hits = hits + 1 if answer.json()["source"] == "pool" else 0
        if hits >= 20:
            return
        time.sleep(0.1)
    console.print("[red]the pool does not fill; the figures below are not of hits[/]")


def api_replicas() -> list[psutil.Process]:
    """The API's replicas among the processes that this one has started."""
    family = psutil.Process().children(recursive=True)
    return [one for one in family if "ServeReplica:eventsmith:EventApi" in " ".join(one.cmdline())]


def cpu_s(processes: Sequence[psutil.Process]) -> float:
    """Seconds of CPU they have had."""
    return sum(sum(process.cpu_times()[:2]) for process in processes)


@contextmanager
def bare() -> Generator[str]:
    """The floor's address: uvicorn, FastAPI and one Redis GET."""
    redis.Redis.from_url(os.environ["REDIS_URL"]).set("bare", EVENT)
    port = free_port()
    command = [
        sys.executable, "-m", "uvicorn", "loadtest.bare_server:app", "--port", str(port),
        "--log-level", "warning", "--no-access-log",
    ]  # fmt: skip
    with started(command, f"http://127.0.0.1:{port}/docs", {}):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def default_proxy() -> Generator[str]:
    """The address of a second platform, behind Ray Serve's own proxy instead of HAProxy."""
    port = free_port()
    command = [
        str(Path(sys.executable).with_name("eventsmith")), "up", "--port", str(port),
        "--dashboard-port", str(free_port()),
    ]  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    with started(command, f"{url}/readyz", {"RAY_SERVE_ENABLE_HA_PROXY": "0"}):
        yield url


@contextmanager
def started(command: Sequence[str], ready: str, environment: Mapping[str, str]) -> Generator[None]:
    """A server, from when `ready` answers 200. Raises RuntimeError when it does not."""
    process = subprocess.Popen(
        command, env=os.environ | dict(environment), stdout=subprocess.DEVNULL
    )
    try:
        end = time.monotonic() + _START_S
        while not _answers(ready):
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{Path(command[0]).name} does not answer at {ready}")
            time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait(60)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code == 200
    except httpx.HTTPError:
        return False
