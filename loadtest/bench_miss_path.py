"""A miss, from request to answer, beside the engine's own time for the same prompt in the same run.

Every request asks on a key nobody asked on before; the flight record of what it got tells how long
the engine took, and the rest is ours: HAProxy, five deployments, Redis, validation, scoring. Drafts
that needed a second attempt are left out. The last line is `miss_overhead_p50_ms=…
miss_overhead_p99_ms=…`.
"""

import argparse
import itertools
import os
import time
from collections.abc import Iterator
from typing import Any

import httpx
import numpy as np
from rich.console import Console
from rich.progress import track

from serve.local.platform import Options, running
from serve.local.preflight import free_port

_TURNS, _DIFFICULTIES, _TRUSTS = (3, 8, 13, 18, 24), ("EASY", "NORMAL", "HARD"), (30, 50, 90)
_CASH, _LOCALES = (1_000_000, 60_000_000, 900_000_000), ("ko", "en")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", type=int, default=120, help="to measure (%(default)s)")
    arguments = parser.parse_args()
    console = Console(stderr=True)
    os.environ["EVENTSMITH_ADMIN_TOKEN"] = ""
    overheads, engines = list[float](), list[float]()
    with (
        running(Options(port=free_port(), dashboard_port=free_port()), console) as url,
        httpx.Client(base_url=url, timeout=30) as http,
    ):
        bodies = itertools.islice(_bodies(), arguments.misses)
        for body in track(list(bodies), "misses", console=console):
            started = time.perf_counter()
            answer = http.post("/api/llm/events", json=body).json()
            took = (time.perf_counter() - started) * 1000
            if answer["source"] != "llm":
                continue
            told = http.get(f"/api/llm/events/{answer['event']['eventId']}").json()
            record = told.get("record", {"attempt": 0})  # a busy Redis may not have taken it
            if record["attempt"] == 1:
                engines.append(record["timings_ms"]["engine"])
                overheads.append(took - engines[-1])
    p50, p99 = np.percentile(overheads, [50, 99])
    print(
        f"miss_overhead_p50_ms={p50:.1f} miss_overhead_p99_ms={p99:.1f} "
        f"engine_p50_ms={np.median(engines):.0f} measured={len(overheads)} "
        f"first_try_share={len(overheads) / arguments.misses:.2f}"
    )


def _bodies() -> Iterator[dict[str, Any]]:
    cells = itertools.product(_TURNS, _DIFFICULTIES, _TRUSTS, _CASH, _LOCALES)
    for number, (turn, difficulty, trust, cash, locale) in enumerate(cells):
        state = {
            "currentTurn": turn,
            "difficulty": difficulty,
            "cash": cash,
            "users": 900,
            "trust": trust,
            "infrastructure": ["EC2", "RDS"],
        }
        yield {
            "playerId": f"miss-{number}",
            "gameState": state,
            "locale": locale,
            "deadlineMs": 10_000,
        }


if __name__ == "__main__":
    main()
