"""A pool hit through HAProxy, beside bare uvicorn + FastAPI + one Redis GET, in interleaved rounds.

Needs `wrk`. Ends with `hit_p50_ratio_c1=… hit_rps_ratio_c16=…`; ratios are medians over the rounds.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from statistics import median

import httpx
import psutil
import redis
from rich.console import Console

from loadtest.wrk import Figures, drive
from serve.local.platform import Options, running
from serve.local.preflight import free_port

_STATE = {
    "currentTurn": 8,
    "difficulty": "NORMAL",
    "cash": 42_000_000,
    "users": 1200,
    "trust": 55,
    "infrastructure": ["EC2", "RDS", "S3", "CloudWatch"],
}
_SIZE = 600


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds (%(default)s)")
    parser.add_argument("--seconds", type=int, default=4, help="per measurement (%(default)s)")
    arguments = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("wrk is missing: apt-get install wrk")
    console = Console(stderr=True)
    options = Options(port=free_port(), dashboard_port=free_port())
    with running(options, console) as url, bare() as least:
        ours, floor = f"{url}/api/llm/events", f"{least}/api/llm/events"
        request = body()
        fill(ours, request, console)
        rounds, cpu, processes = list[dict[str, Figures]](), list[float](), replicas()
        for number in range(arguments.rounds):
            spent = cpu_s(processes)
            figures = {
                f"{name}_c{clients}": drive(target, request, clients, arguments.seconds)
                for clients in (1, 16)
                for name, target in (("floor", floor), ("hit", ours))
            }
            rounds.append(figures)
            hits = arguments.seconds * sum(
                figures[name].requests_per_second for name in ("hit_c1", "hit_c16")
            )
            cpu.append((cpu_s(processes) - spent) / hits * 1000)
            console.print(f"round {number + 1}: {_row(figures)}")
        sources = httpx.get(f"{url}/api/llm/metrics").json()["requests"]["bySource"]
    errors = sum(figure.errors for figures in rounds for figure in figures.values())
    console.print(f"sources {sources}, errors {errors}")
    p50 = median(one["hit_c1"].p50_ms / one["floor_c1"].p50_ms for one in rounds)
    rps = median(
        one["hit_c16"].requests_per_second / one["floor_c16"].requests_per_second for one in rounds
    )
    pooled = sources.get("pool", 0) / sum(sources.values())
    print(
        f"hit_p50_ratio_c1={p50:.2f} hit_rps_ratio_c16={rps:.2f} hit_cpu_ms={median(cpu):.2f} "
        f"pool_share={pooled:.3f} errors={errors}"
    )


def replicas() -> list[psutil.Process]:
    """The API's replicas among the processes this one has started."""
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if any("ServeReplica:eventsmith:EventApi" in part for part in process.info["cmdline"] or ())
    ]


def cpu_s(processes: list[psutil.Process]) -> float:
    """Seconds of CPU they have had."""
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def body() -> str:
    """A request of 600 bytes, the padding being what a game would tell about the moment."""
    request = {"playerId": "PLAYER", "gameState": _STATE, "eventContext": {"note": ""}}
    room = _SIZE - len(json.dumps(request)) - 14
    request["eventContext"] = {"note": "x" * room}
    return json.dumps(request)


def fill(url: str, body: str, console: Console) -> None:
    """Asks until the pool answers most players."""
    hits = 0
    for number in range(400):
        source = httpx.post(url, content=body.replace("PLAYER", f"f{number}"), timeout=30).json()[
            "source"
        ]
        hits = hits + 1 if source == "pool" else 0
        if hits >= 20:
            return
        time.sleep(0.1)
    console.print("[red]the pool does not fill; the figures below are not of hits[/]")


@contextmanager
def bare() -> Generator[str]:
    client = redis.Redis.from_url(os.environ["REDIS_URL"])
    client.set("bare", json.dumps({"event": "x" * 1400}))
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "loadtest.bare_server:app", "--port", str(port),
         "--log-level", "warning", "--no-access-log"],
    )  # fmt: skip
    try:
        for _ in range(100):
            try:
                httpx.get(f"http://127.0.0.1:{port}/docs")
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _row(figures: dict[str, Figures]) -> str:
    return "  ".join(
        f"{name} p50 {figure.p50_ms:.2f} ms p99 {figure.p99_ms:.1f} ms "
        f"{figure.requests_per_second:.0f}/s"
        for name, figure in figures.items()
    )


if __name__ == "__main__":
    main()
