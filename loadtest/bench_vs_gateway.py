"""A hit beside LiteLLM's proxy with its Redis cache, in interleaved rounds on one machine.

Both answer from a cache, with as many bytes for as many; LiteLLM the same answer to the same question,
we an event with a player's own figures that they have not seen. The floor, a bare server with one Redis
GET, is measured along. Needs `wrk`; LiteLLM goes into an environment of its own. Ends with
`gateway_p50_ratio_c1=… gateway_rps_ratio_c16=…`: how many times our p50 LiteLLM's is, and how many times
its throughput ours is.
"""

import argparse
import shutil
import sys
from pathlib import Path

import httpx
from rich.console import Console

from loadtest.gateway import COMPLETIONS, ENVIRONMENT, VERSION, asked, gateway, install, request
from loadtest.hits import EVENTS, bare, body, fill
from loadtest.report import REPORTS, interval, told, write
from loadtest.wrk import Figures, drive
from serve.local.platform import Options, running
from serve.local.preflight import free_port


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds (%(default)s)")
    parser.add_argument("--seconds", type=int, default=4, help="per measurement (%(default)s)")
    parser.add_argument("--environment", type=Path, default=ENVIRONMENT, help="(%(default)s)")
    parser.add_argument("--out", type=Path, default=REPORTS / "vs-gateway.json")
    arguments = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("wrk is missing: apt-get install wrk")
    install(arguments.environment)
    console = Console(stderr=True)
    options = Options(port=free_port(), dashboard_port=free_port())
    with (
        running(options, console) as ours,
        bare() as floor,
        gateway(arguments.environment, floor) as proxy,
    ):
        fill(ours + EVENTS, body(), console)
        httpx.post(proxy + COMPLETIONS, content=request(len(body())), timeout=60).raise_for_status()
        before, rounds = asked(floor), list[dict[str, Figures]]()
        targets = {
            "floor": (floor + EVENTS, body()),
            "ours": (ours + EVENTS, body()),
            "litellm": (proxy + COMPLETIONS, request(len(body()))),
        }
        for number in range(arguments.rounds):
            rounds.append(
                {
                    f"{name}_c{clients}": drive(*target, clients, arguments.seconds)
                    for clients in (1, 16)
                    for name, target in targets.items()
                }
            )
            console.print(f"round {number + 1}: {rounds[-1]}")
        missed = asked(floor) - before
    figures = _figures(rounds, console) | {
        "errors": sum(one.errors for figures in rounds for one in figures.values()),
        "gateway_misses": missed,
    }
    plain = [{name: one._asdict() for name, one in figures.items()} for figures in rounds]
    plain.append({"litellm": {"version": VERSION}})
    write(arguments.out, figures, plain, ("ray", "fastapi", "redis"))
    print(told(figures))


def _figures(rounds: list[dict[str, Figures]], console: Console) -> dict[str, float | int]:
    ratios = {
        "gateway_p50_ratio_c1": [
            one["litellm_c1"].p50_ms / one["ours_c1"].p50_ms for one in rounds
        ],
        "gateway_rps_ratio_c16": [
            one["ours_c16"].requests_per_second / one["litellm_c16"].requests_per_second
            for one in rounds
        ],
        "litellm_to_floor_p50_c1": [
            one["litellm_c1"].p50_ms / one["floor_c1"].p50_ms for one in rounds
        ],
        "litellm_to_floor_rps_c16": [
            one["litellm_c16"].requests_per_second / one["floor_c16"].requests_per_second
            for one in rounds
        ],
    }
    for name, values in ratios.items():
        middle, low, high = interval(values)
        console.print(f"{name} {middle:.3g} ({low:.3g}..{high:.3g})")
    return {name: interval(values)[0] for name, values in ratios.items()}


if __name__ == "__main__":
    main()
