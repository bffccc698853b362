"""`python -m loadtest.scale_replicas API ENGINES`: one platform of that shape, measured; prints JSON."""

import asyncio
import itertools
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
import yaml
from rich.console import Console

from loadtest.bench_vs_vllm import drive, misses
from loadtest.hits import EVENTS, api_replicas, bare, body, cpu_s, fill
from loadtest.wrk import drive as wrk
from serve.local.platform import Options, running
from serve.local.preflight import free_port

_HIT_S, _ROUNDS = 4, 3
_MISSES, _CLIENTS = 64, 8


def main() -> None:
    api, engines = (int(text) for text in sys.argv[1:])
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"EVENTSMITH_CONFIG_DIR": _configs(folder, api, engines)}
        options = Options(port=free_port(), dashboard_port=free_port())
        with running(options, console) as url, bare() as floor:
            figures = {"api": api, "engines": engines} | _hits(url, floor, api, console)
            figures |= asyncio.run(_generations(url))
    print(json.dumps(figures))


def _configs(folder: str, api: int, engines: int) -> str:
    copied = Path(folder, "configs")
    shutil.copytree("configs", copied)
    path = copied / "serve" / "local.yaml"
    table = yaml.safe_load(path.read_text("utf-8"))
    for deployment in table["applications"][0]["deployments"]:
        wanted = {"EventApi": api, "EventEngine": engines}.get(deployment["name"], 1)
        deployment.pop("autoscaling_config")
        deployment["num_replicas"] = wanted
        deployment["ray_actor_options"]["num_cpus"] /= wanted
    path.write_text(yaml.safe_dump(table), "utf-8")
    return str(copied)


def _hits(url: str, floor: str, api: int, console: Console) -> dict[str, Any]:
    ours, request = url + EVENTS, body()
    fill(ours, request, console)
    processes = api_replicas()
    if len(processes) != api:
        raise RuntimeError(f"{len(processes)} API replicas run instead of {api}")
    ratios, cpu = list[float](), list[float]()
    for _ in range(_ROUNDS):
        least = wrk(floor + EVENTS, request, 16, _HIT_S)
        spent = cpu_s(processes)
        hits = wrk(ours, request, 16, _HIT_S)
        cpu.append((cpu_s(processes) - spent) / (hits.requests_per_second * _HIT_S) * 1000)
        ratios.append(hits.requests_per_second / least.requests_per_second)
    middle = len(cpu) // 2
    return {"hit_rps_ratio": sorted(ratios)[middle], "hit_cpu_ms": sorted(cpu)[middle]}


async def _generations(url: str) -> dict[str, float]:
    async with httpx.AsyncClient(base_url=url, timeout=60) as http:
        calls = list(itertools.islice(misses(http), _MISSES + _CLIENTS))
        await drive(calls[:_CLIENTS], _CLIENTS)  # warms up
        began = time.perf_counter()
        per_second, _ = await drive(calls[_CLIENTS:], _CLIENTS)
        return {"generations_per_s": per_second, "took_s": time.perf_counter() - began}


if __name__ == "__main__":
    main()
