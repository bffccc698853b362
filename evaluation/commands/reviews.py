"""`eventsmith-eval reviews FILE`: logs exported reviews to MLflow as feedback by people.

Exit status: 0 logged; running it twice changes nothing.
"""

import argparse
from pathlib import Path
from typing import Any

from rich.console import Console

from evaluation.reviews import read_reviews
from evaluation.tracking import DEFAULT_URI, EXPERIMENT, log_reviews


def register(commands: Any) -> None:
    logged = commands.add_parser("reviews", help="log reviews by people to MLflow")
    logged.add_argument("file", help="JSON Lines exported from the review page")
    logged.add_argument(
        "--tracking-uri", metavar="URI", help=f"MLflow (MLFLOW_TRACKING_URI, or {DEFAULT_URI})"
    )
    logged.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    path, console = Path(arguments.file), Console(stderr=True)
    reviewed = read_reviews(path.read_bytes(), path.name)
    with console.status("MLflow"):
        traces, feedback = log_reviews(reviewed, arguments.tracking_uri)
    console.print(
        f"{EXPERIMENT}: 새 이벤트 {traces}개, 새 피드백 {feedback}개 · "
        f"{traces} new events, {feedback} new feedback entries"
    )
    return 0
