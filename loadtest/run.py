"""`python -m loadtest.run --profile objective`: load, verdict, report.

Starts a platform of its own, or drives the one at --url with the key in EVENTSMITH_API_KEY. Exit
status: 0 every objective met, 1 one missed, 2 nothing measured or wrong usage, 3 not logged.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from rich.console import Console

from loadtest.crowd import TRIGGER_RATE
from loadtest.own_platform import platform
from loadtest.profiles import PROFILES
from loadtest.run_record import FIGURES, OUT
from serve.errors import EventsmithError

_LOCUSTFILE = Path(__file__).with_name("locustfile.py")
_NOT_LOGGED = 3


def main(argv: Sequence[str] | None = None) -> NoReturn:
    arguments = _parser().parse_args(argv)
    try:
        sys.exit(_run(arguments))
    except EventsmithError as error:
        print(f"loadtest: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


def _run(arguments: argparse.Namespace) -> int:
    out: Path = arguments.out or OUT / arguments.profile
    out.mkdir(parents=True, exist_ok=True)
    (out / FIGURES).unlink(missing_ok=True)  # of an earlier run
    key = os.environ.get("EVENTSMITH_API_KEY", "").strip()
    with platform(arguments.url, key, Console(stderr=True)) as (url, admitted):
        code = _drive(_command(arguments, url, out), admitted)
    if arguments.mlflow and code != 2:
        return code if _logged(arguments, out) else code or _NOT_LOGGED
    return code


def _drive(command: Sequence[str], key: str) -> int:
    """Locust, in a process of its own: it patches what Ray stands on. Ctrl-C ends it with a report."""
    environment = os.environ | {"EVENTSMITH_API_KEY": key}
    with subprocess.Popen(command, env=environment, start_new_session=True) as locust:
        before = {
            number: signal.signal(number, lambda *_: locust.send_signal(signal.SIGINT))
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            return locust.wait()
        finally:
            locust.terminate()
            for number, handler in before.items():
                signal.signal(number, handler)


def _command(arguments: argparse.Namespace, url: str, out: Path) -> list[str]:
    ours = {
        "--load-profile": arguments.profile,
        "--load-rate": arguments.rate,
        "--load-duration": arguments.duration,
        "--load-seed": arguments.seed,
        "--load-trigger-rate": arguments.trigger_rate,
        "--load-connections": arguments.connections,
        "--load-out": out,
    }
    return [
        sys.executable, "-m", "locust", "-f", str(_LOCUSTFILE), "--headless", "--skip-log-setup",
        "--host", url, "--html", str(out / "locust.html"), "--csv", str(out / "locust"),
        *(part for name, value in ours.items() for part in (name, str(value))),
    ]  # fmt: skip


def _logged(arguments: argparse.Namespace, out: Path) -> bool:
    """Whether MLflow took it; if not, the sentence that says what to do has been printed."""
    from evaluation.recording import surroundings  # MLflow takes seconds to import
    from evaluation.tracking.load import log_load
    from evaluation.tracking.session import TrackingError

    names = ("profile", "url", "rate", "duration", "seed", "trigger_rate")
    params = {name: str(getattr(arguments, name)) for name in names} | surroundings()
    figures = json.loads((out / FIGURES).read_text("utf-8"))
    try:
        run = log_load(figures, out, params)
    except TrackingError as error:
        print(f"loadtest: {error}; the report is in {out}", file=sys.stderr)
        return False
    print(f"MLflow: run {run}", file=sys.stderr)
    return True


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m loadtest.run", description=__doc__)
    add = parser.add_argument
    told = "; ".join(f"{each.name}: {each.what}" for each in PROFILES.values())
    add("--profile", choices=[*PROFILES], default="smoke", help=f"%(default)s; {told}")
    add("--url", default="", help="of a running platform; without it one is started")
    add("--rate", type=_above_zero, default=0.0, help="requests a second (the profile's own)")
    add("--duration", type=_above_zero, default=0.0, help="of the run, seconds (the profile's own)")
    add("--seed", type=int, default=0, help="of arrivals and games (%(default)s)")
    add("--trigger-rate", type=_share, default=TRIGGER_RATE, help="events a turn (%(default)s)")
    add("--connections", type=int, default=1000, help="requests at once at most (%(default)s)")
    add("--out", type=Path, default=None, help=f"folder ({OUT}/PROFILE)")
    add("--mlflow", action="store_true", help="log the run to MLFLOW_TRACKING_URI, or mlflow.db")
    return parser


def _above_zero(text: str) -> float:
    value = _number(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError("must be above 0")
    return value


def _share(text: str) -> float:
    value = _number(text)
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError("must be above 0 and at most 1")
    return value


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no number") from error


if __name__ == "__main__":
    main()
