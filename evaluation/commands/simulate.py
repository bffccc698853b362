"""`eventsmith-eval simulate`: plays thousands of games against the event pool.

The platform's own service and writer run in virtual time, with drafts that were written before. Exit
status: 0 done, 1 a bar is missed, 3 simulated but not logged.
"""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

if TYPE_CHECKING:
    from evaluation.simulation.simulate import Simulation

_OUT = Path(".eventsmith/simulation")
_NOT_LOGGED = 3
_LAST = ("repeat_rate", "hit_rate_100", "lethal_events")


def register(commands: Any) -> None:
    simulate = commands.add_parser("simulate", help="play whole games against the event pool")
    simulate.add_argument("--games", type=_whole, default=2000, help="to play (%(default)s)")
    simulate.add_argument(
        "--concurrent", type=_whole, default=100, help="players at a time (%(default)s)"
    )
    simulate.add_argument(
        "--ttl", type=_seconds, default=300.0, help="of a draft, in seconds (%(default)s)"
    )
    simulate.add_argument(
        "--trigger-rate", type=_share, default=0.1, help="events a turn (%(default)s)"
    )
    simulate.add_argument("--seed", type=int, default=0, help="of all chance (%(default)s)")
    simulate.add_argument(
        "--drafts",
        default="corpus",
        help="what the engine writes: `corpus`, or the journal.jsonl of a run (%(default)s)",
    )
    simulate.add_argument("--out", type=Path, default=_OUT, help="folder (%(default)s)")
    simulate.add_argument("--no-mlflow", action="store_true", help="only write the folder")
    simulate.add_argument(
        "--tracking-uri", default=None, metavar="URI", help="instead of $MLFLOW_TRACKING_URI"
    )
    simulate.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    # numpy, matplotlib and the scorer's model take seconds: not for `--help`.
    from evaluation.simulation.report import figures, missed

    simulation = _simulated(arguments)
    found = figures(simulation)
    _write(arguments.out, simulation, found)
    _print(Console(soft_wrap=True), found)
    logged = arguments.no_mlflow or _logged(arguments, found)
    failed = missed(found)
    for name in failed:
        print(f"{name}={found[name]:.4g} misses its bar")
    print(" ".join(f"{name}={found[name]:.4g}" for name in _LAST))
    return int(bool(failed)) if logged else _NOT_LOGGED


def _simulated(arguments: argparse.Namespace) -> "Simulation":
    from evaluation.simulation import simulate
    from evaluation.simulation.rules import GameRules
    from evaluation.simulation.supply import open_supply
    from evaluation.simulation.traffic import Traffic
    from evaluation.simulation.world import World
    from serve.domain.balance import BalancePolicy
    from serve.settings import PlatformArgs, Settings

    settings = Settings.from_environ()
    policy = BalancePolicy.parse(settings.table("balance.yaml"))
    world = World(
        GameRules.parse(settings.table("evaluation/game.yaml")),
        policy,
        Traffic.parse(settings.table("evaluation/traffic.yaml")),
        arguments.trigger_rate,
        arguments.seed,
    )
    ours = simulate.Settings(arguments.games, arguments.concurrent, arguments.ttl)
    supply = open_supply(arguments.drafts, policy)
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("게임 · games", total=ours.total)
        return simulate.simulate(
            ours, world, supply, PlatformArgs(), lambda: progress.advance(task)
        )


def _write(folder: Path, simulation: "Simulation", found: Mapping[str, float]) -> None:
    """`figures.json`, and a plot each as SVG and PNG."""
    from evaluation.report.plots import png, svg
    from evaluation.simulation.plots import draw

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "figures.json").write_text(json.dumps(found, indent=1), "utf-8")
    for name, plot in draw(simulation).items():
        (folder / f"{name}.svg").write_bytes(svg(plot))
        (folder / f"{name}.png").write_bytes(png(plot))


def _print(console: Console, found: Mapping[str, float]) -> None:
    table = Table("figure", "", box=None)
    for name, value in found.items():
        table.add_row(name, f"{value:,.4g}")
    console.print(table)


def _logged(arguments: argparse.Namespace, found: Mapping[str, float]) -> bool:
    """Whether MLflow took it; if not, the sentence that says what to do has been printed."""
    from evaluation.recording import surroundings
    from evaluation.tracking import TrackingError
    from evaluation.tracking.comparison import log_simulation

    names = ("games", "concurrent", "ttl", "trigger_rate", "seed", "drafts")
    params = {name: str(getattr(arguments, name)) for name in names} | surroundings()
    try:
        run = log_simulation(found, arguments.out, params, arguments.tracking_uri)
    except TrackingError as error:
        print(f"{error}\n결과는 {arguments.out}에 있습니다 · the results are in {arguments.out}")
        return False
    print(f"MLflow: run {run}")
    return True


def _whole(text: str) -> int:
    return int(_at_least(text, 1, int))


def _seconds(text: str) -> float:
    return _at_least(text, 1, float)


def _share(text: str) -> float:
    value = _at_least(text, 0, float)
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError("must be above 0 and at most 1")
    return value


def _at_least(text: str, least: float, kind: type[float]) -> float:
    try:
        value = kind(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no number") from error
    if not least <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"must be at least {least}")
    return value
