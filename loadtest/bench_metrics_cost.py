"""What being observed costs a pool hit: metrics, the request log, traces, in interleaved rounds.

The HTTP application runs in this process on a real Redis, without the server and proxy in front, so that
the shares printed are larger than they are in production. Each round asks every arm for the same
number of hits, in rotating order, and takes the processor time of the thread that serves them: what
else the machine does is not in it. Ends with `metrics_cost_ratio=… log_cost_ratio=…
trace_cost_ratio=… hit_us=…`: the share of throughput that each takes (bar for metrics: 0.03), with
95 % intervals above it, and what a hit takes without any of them. Exit status 1 when metrics cost more than
their bar beyond the noise: when the whole interval lies above it.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from rich.console import Console
from rich.progress import track

from loadtest.one_replica import Replica, replica
from serve import telemetry
from serve.local.redis_server import RedisServer

_BAR = 0.03
_ARMS = ("bare", "metrics", "log", "trace")
"""Each has what those before it have."""


class Discarding(SpanExporter):
    """Takes spans as a collector would, and keeps none."""

    def export(self, spans: Sequence[Any]) -> SpanExportResult:
        del spans
        return SpanExportResult.SUCCESS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100, help="interleaved rounds (%(default)s)")
    parser.add_argument("--hits", type=int, default=300, help="per arm and round (%(default)s)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="es-bench-") as folder, _ray(Path(folder)) as redis:
        seconds = asyncio.run(_measure(redis.url, arguments.rounds, arguments.hits))
    costs = {
        f"{arm}_cost_ratio": 1 - np.array(seconds[before]) / np.array(seconds[arm])
        for before, arm in pairwise(_ARMS)
    }
    for name, ratios in costs.items():
        low, high = _interval(ratios)
        print(f"{name}: {median(ratios):.4f} (95 % CI {low:.4f}..{high:.4f})")
    told = " ".join(f"{name}={median(ratios):.4f}" for name, ratios in costs.items())
    print(f"{told} hit_us={median(seconds['bare']) / arguments.hits * 1e6:.0f}")
    sys.exit(int(_interval(costs["metrics_cost_ratio"])[0] > _BAR))


@contextmanager
def _ray(folder: Path) -> Generator[RedisServer]:
    """Redis, and Ray with its agent: the exporter hands its figures to it."""
    import ray

    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    redis = RedisServer(folder)
    redis.start()
    ray.init(address="local", num_cpus=1, log_to_driver=False, _temp_dir=str(folder / "ray"))
    try:
        yield redis
    finally:
        ray.shutdown()
        redis.stop()


async def _measure(url: str, rounds: int, hits: int) -> dict[str, list[float]]:
    """Seconds of processor of every round, by arm."""
    bare = await replica(url, metrics=False, log=False)
    counted = await replica(url, metrics=True, log=False)
    logged = await replica(url, metrics=True, log=True)
    arms: dict[str, Replica] = {"bare": bare, "metrics": counted, "log": logged, "trace": logged}
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(Discarding()))
    seconds: dict[str, list[float]] = {arm: [] for arm in _ARMS}
    for number in track(range(rounds), "rounds", console=Console(stderr=True), transient=True):
        for place in range(len(_ARMS)):
            arm = _ARMS[(place + number) % len(_ARMS)]
            telemetry.install(provider if arm == "trace" else None)
            seconds[arm].append(await _timed(arms[arm], f"{arm}-{number}", hits))
    return seconds


async def _timed(target: Replica, name: str, hits: int) -> float:
    """Seconds of this thread for hits in a row, the report of each busy second among them."""
    started = time.thread_time()
    for hit in range(hits):
        source = await target.ask(f"{name}-{hit}")
        if source != "pool":
            sys.exit(f"an event came from {source}: the pool does not hold what is measured")
    if time.thread_time() - target.reported > 1:
        await target.report()
    return time.thread_time() - started


def _interval(ratios: np.ndarray[Any, Any]) -> tuple[float, float]:
    """Of the median, by the bootstrap."""
    rng = np.random.default_rng(0)
    medians = np.median(rng.choice(ratios, (2000, len(ratios))), axis=1)
    return float(np.quantile(medians, 0.025)), float(np.quantile(medians, 0.975))


if __name__ == "__main__":
    main()
