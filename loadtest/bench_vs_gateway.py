"""A hit beside LiteLLM's proxy with its Redis cache, in interleaved rounds on one machine.

Both answer from a cache, with as many bytes for as many; LiteLLM the same answer to the same question,
we an event with a player's own figures that they have not seen. The floor, a bare server with one Redis
GET, is measured along. Neither asks for a key. Needs `wrk`; LiteLLM goes into an environment of its own.

Ends with `gateway_p50_ratio_c1=… gateway_rps_ratio_c16=…`: how many times our p50 LiteLLM's is, and how
many times its throughput ours is. `floor_p50_ratio_c1=… floor_rps_ratio_c16=…` are the same with the
floor in our place. Exits 1 when what was measured were not hits.
"""

import argparse
import shutil
import sys
from collections import Counter
from pathlib import Path

import httpx
from rich.console import Console

from loadtest.gateway import (
    COMPLETIONS,
    ENVIRONMENT,
    VERSION,
    asked,
    gateway,
    install,
    request,
    warm,
)
from loadtest.hits import EVENTS, bare, body, fill
from loadtest.report import REPORTS, interval, machine, told, versions, write
from loadtest.wrk import Figures, drive
from serve.local.platform import Options, running
from serve.local.preflight import free_port

Round = dict[str, Figures]
Target = tuple[str, str]
"""Address and body."""
_PACKAGES = ("ray", "fastapi", "redis")
_POOLED = 0.95
"""The share of our answers that must be hits."""


def main() -> None:
    arguments = _arguments()
    console = Console(stderr=True)
    if shutil.which("wrk") is None:
        sys.exit("wrk is missing: apt-get install wrk")
    install(arguments.environment)
    console.print(f"{machine()} {versions(*_PACKAGES)} LiteLLM {VERSION}")
    rounds, missed, pooled = _measure(arguments, console)
    ratios = {name: interval(values) for name, values in _ratios(rounds).items()}
    for name, (middle, low, high) in ratios.items():
        console.print(f"{name} {middle:.3g} ({low:.3g}..{high:.3g})")
    figures: dict[str, float | int] = {name: middle for name, (middle, _, _) in ratios.items()}
    figures["errors"] = sum(one.errors for figures in rounds for one in figures.values())
    figures |= {"gateway_misses": missed, "pool_share": pooled}
    write(
        arguments.out,
        figures,
        [{name: one._asdict() for name, one in figures.items()} for figures in rounds],
        _PACKAGES,
        others={"litellm": VERSION},
        intervals={name: (low, high) for name, (_, low, high) in ratios.items()},
    )
    print(told(figures))
    if missed or pooled < _POOLED:
        sys.exit(f"not of hits: LiteLLM missed {missed} times, {1 - pooled:.1%} of ours")


def _measure(arguments: argparse.Namespace, console: Console) -> tuple[list[Round], int, float]:
    """The rounds, how often LiteLLM missed in them, and which share of ours the pool answered."""
    options = Options(port=free_port(), dashboard_port=free_port())
    with (
        running(options, console) as ours,
        bare() as floor,
        gateway(arguments.environment, floor) as proxy,
    ):
        targets = {
            "floor": (floor + EVENTS, body()),
            "ours": (ours + EVENTS, body()),
            "litellm": (proxy + COMPLETIONS, request(len(body()))),
        }
        fill(ours + EVENTS, body(), console)
        warm(proxy, floor, request(len(body())))
        asked_before, sources_before = asked(floor), _sources(ours)
        rounds = list[Round]()
        for number in range(arguments.rounds):
            rounds.append(_round(targets, arguments.seconds))
            console.print(f"round {number + 1}: {_row(rounds[-1])}")
        answered = _sources(ours) - sources_before
        return rounds, asked(floor) - asked_before, answered["pool"] / answered.total()


def _sources(ours: str) -> Counter[str]:
    """How many events came from where, since the platform started."""
    return Counter(httpx.get(f"{ours}/api/llm/metrics").json()["requests"]["bySource"])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds (%(default)s)")
    parser.add_argument("--seconds", type=int, default=4, help="per measurement (%(default)s)")
    parser.add_argument(
        "--environment", type=Path, default=ENVIRONMENT, help="of LiteLLM (%(default)s)"
    )
    parser.add_argument(
        "--out", type=Path, default=REPORTS / "vs-gateway.json", help="(%(default)s)"
    )
    return parser.parse_args()


def _round(targets: dict[str, Target], seconds: int) -> Round:
    return {
        f"{name}_c{clients}": drive(url, sent, clients, seconds)
        for clients in (1, 16)
        for name, (url, sent) in targets.items()
    }


def _ratios(rounds: list[Round]) -> dict[str, list[float]]:
    """Of every round: LiteLLM beside ours, and beside the floor; above 1 it is the slower one."""
    return {
        f"{label}_{figure}": [ratio(one, name) for one in rounds]
        for label, name in (("gateway", "ours"), ("floor", "floor"))
        for figure, ratio in (("p50_ratio_c1", _p50_ratio), ("rps_ratio_c16", _rps_ratio))
    }


def _p50_ratio(one: Round, name: str) -> float:
    return one["litellm_c1"].p50_ms / one[f"{name}_c1"].p50_ms


def _rps_ratio(one: Round, name: str) -> float:
    return one[f"{name}_c16"].requests_per_second / one["litellm_c16"].requests_per_second


def _row(figures: Round) -> str:
    return "  ".join(
        f"{name} p50 {one.p50_ms:.2f} ms {one.requests_per_second:.0f}/s"
        for name, one in figures.items()
    )


if __name__ == "__main__":
    main()
