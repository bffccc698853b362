"""A pool hit through HAProxy, beside bare uvicorn + FastAPI + one Redis GET, in interleaved rounds.

Needs `wrk`. With --default-proxy also a second platform behind Ray Serve's own proxy. Ends with
`hit_p50_ratio_c1=… hit_rps_ratio_c16=… hit_cpu_ms=…` (CPU in the replica); ratios are medians over the
rounds.
"""

import argparse
import shutil
import sys
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import httpx
from rich.console import Console

from loadtest.hits import EVENTS, api_replicas, bare, body, cpu_s, default_proxy, fill
from loadtest.report import REPORTS, interval, told, write
from loadtest.wrk import Figures, drive
from serve.local.platform import Options, running
from serve.local.preflight import free_port

Round = dict[str, Figures]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds (%(default)s)")
    parser.add_argument("--seconds", type=int, default=4, help="per measurement (%(default)s)")
    parser.add_argument("--default-proxy", action="store_true", help="beside Ray's own proxy")
    parser.add_argument("--out", type=Path, default=REPORTS / "hit-path.json", help="(%(default)s)")
    arguments = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("wrk is missing: apt-get install wrk")
    console = Console(stderr=True)
    options = Options(port=free_port(), dashboard_port=free_port())
    with ExitStack() as stack:
        url = stack.enter_context(running(options, console))
        processes, targets = api_replicas(), {"floor": stack.enter_context(bare()), "hit": url}
        if arguments.default_proxy:
            targets["proxy"] = stack.enter_context(default_proxy())
        for name in targets.keys() - {"floor"}:
            fill(targets[name] + EVENTS, body(), console)
        rounds, cpu = list[Round](), list[float]()
        for number in range(arguments.rounds):
            spent = cpu_s(processes)
            rounds.append(_round(targets, arguments.seconds))
            hits = sum(rounds[-1][f"hit_c{n}"].requests_per_second for n in (1, 16))
            cpu.append((cpu_s(processes) - spent) / (hits * arguments.seconds) * 1000)
            console.print(f"round {number + 1}: {_row(rounds[-1])}")
        sources = httpx.get(f"{url}/api/llm/metrics").json()["requests"]["bySource"]
    figures = _ratios(rounds, [name for name in targets if name != "floor"], console)
    figures["hit_cpu_ms"] = median(cpu)
    figures["pool_share"] = sources.get("pool", 0) / sum(sources.values())
    figures["errors"] = sum(one.errors for figures in rounds for one in figures.values())
    plain = [{name: one._asdict() for name, one in figures.items()} for figures in rounds]
    write(arguments.out, figures, plain, ("ray", "fastapi", "uvicorn", "redis"))
    print(told(figures))


def _round(targets: dict[str, str], seconds: int) -> Round:
    return {
        f"{name}_c{clients}": drive(url + EVENTS, body(), clients, seconds)
        for clients in (1, 16)
        for name, url in targets.items()
    }


def _ratios(rounds: list[Round], names: list[str], console: Console) -> dict[str, float | int]:
    """Medians over the rounds, to the floor; their intervals go to the console."""
    found = dict[str, float | int]()
    for name in names:
        p50 = interval([one[f"{name}_c1"].p50_ms / one["floor_c1"].p50_ms for one in rounds])
        rps = interval(
            [
                one[f"{name}_c16"].requests_per_second / one["floor_c16"].requests_per_second
                for one in rounds
            ]
        )
        for figure, (middle, low, high) in (
            (f"{name}_p50_ratio_c1", p50),
            (f"{name}_rps_ratio_c16", rps),
        ):
            console.print(f"{figure} {middle:.2f} ({low:.2f}..{high:.2f})")
            found[figure] = middle
    return found


def _row(figures: Round) -> str:
    return "  ".join(
        f"{name} p50 {figure.p50_ms:.2f} ms p99 {figure.p99_ms:.1f} ms "
        f"{figure.requests_per_second:.0f}/s"
        for name, figure in figures.items()
    )


if __name__ == "__main__":
    main()
