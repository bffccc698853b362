"""`make chaos`: everything the platform stands on is broken under load, one thing at a time.

Starts platforms of its own (vLLM in process with two API replicas, MLflow and Prometheus; one behind a model
server that misbehaves; one whose clock can be set), lets their pools fill, and under twenty requests a second
breaks one thing after the other, takes it back, and waits until the platform says that it is whole. Every
answer is held against the game's rules for the state that was sent.

Writes chaos.md and chaos.json. The last line is `scenarios=… invalid_events=… late_events=…
unexpected_5xx=…`. Exit status: 0 every bar met, 1 one missed, 2 wrong usage or a platform that does not
start, 130 stopped by Ctrl-C. What a machine cannot do is skipped, and said so.
"""

import argparse
import shlex
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event
from typing import NoReturn

from rich.console import Console

from loadtest.chaos.drill import Drill, Replies, Result
from loadtest.chaos.report import written
from loadtest.chaos.scenarios import SCENARIOS
from loadtest.chaos.stands import STANDS, Stand, standing
from loadtest.chaos.verdict import last_line, passed
from loadtest.report import REPORTS
from loadtest.soak.load import load
from loadtest.soak.stage import Stage as Running
from serve.errors import EventsmithError

_FOREVER_S, _LAST_ANSWERS_S = 3600.0, 30.0


def main(argv: Sequence[str] | None = None) -> NoReturn:
    arguments = parser().parse_args(argv)
    over = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    sys.exit(_run(arguments, over))


def _run(arguments: argparse.Namespace, over: Event) -> int:
    console, results, started = Console(stderr=True), list[Result](), True
    for stand in STANDS:
        wanted = [one for one in stand.scenarios if one.name in arguments.scenarios]
        if not wanted or over.is_set():
            continue
        try:
            results += drilled(
                stand._replace(scenarios=wanted),
                arguments,
                over,
                lambda told: console.print(told, soft_wrap=True),
            )
        except EventsmithError as error:  # what the other platforms showed is not lost
            print(f"chaos: {error}", file=sys.stderr)
            started = False
    if not results:  # the last run's report stays
        return 130 if over.is_set() else 2
    command = shlex.join(["python", "-m", "loadtest.chaos", *sys.argv[1:]])
    written(results, command, arguments.rate, arguments.seed, arguments.out)
    console.print(f"report: {arguments.out / 'chaos.md'}")
    print(last_line(results), flush=True)
    if over.is_set():
        return 130
    return int(not passed(results)) if started else 2


def drilled(
    stand: Stand, arguments: argparse.Namespace, over: Event, tell: Callable[[str], None]
) -> list[Result]:
    """One platform's scenarios."""
    tell(f"[bold]{stand.name}[/]: starts")
    with standing(stand) as grounds:
        stage, replies = grounds.stage, Replies()
        filled(stage, arguments, over, tell)
        playing = load(
            stage.url, stage.key, _FOREVER_S, arguments.rate, arguments.seed, replies.take
        )
        with playing as players:
            drill = Drill(grounds, replies, over, tell)
            drill.run(stand.scenarios)
            players.end(_LAST_ANSWERS_S)
        return drill.results()


def filled(
    stage: Running, arguments: argparse.Namespace, over: Event, tell: Callable[[str], None]
) -> None:
    """Players at a quarter of the rate, until the pool answers most of them. They are not judged: an
    empty pool is the engine's speed, which is another measurement's."""
    recent, others, began = Replies(), arguments.seed + 1, time.monotonic()
    with load(stage.url, stage.key, _FOREVER_S, arguments.rate / 4, others, recent.take):
        share = recent.until_full(over)
    tell(f"the pool answers {share:.0%} after {time.monotonic() - began:.0f} s")


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m loadtest.chaos",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = made.add_argument
    names = [*SCENARIOS]
    add(
        "--scenarios", nargs="+", choices=names, default=names, metavar="NAME",
        help=f"of {', '.join(names)} (all)",
    )  # fmt: skip
    add("--rate", type=float, default=20.0, help="requests a second (%(default)g)")
    add("--seed", type=int, default=0, help="of players and arrivals (%(default)s)")
    add("--out", type=Path, default=REPORTS, help="folder of the report (%(default)s)")
    return made


if __name__ == "__main__":
    main()
