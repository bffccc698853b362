"""`eventsmith-eval calibrate REVIEWS`: do scorer and judge agree with people?

Exit status: 0 the scorer is calibrated, 1 nothing may be claimed yet.
"""

import argparse
from pathlib import Path
from typing import Any

from evaluation.reviews import blind, count_reviews, read_reviews
from serve.errors import ConfigurationError


def register(commands: Any) -> None:
    calibrate = commands.add_parser("calibrate", help="reviews by people against scorer and judge")
    calibrate.add_argument("file", help="JSON Lines exported from the review page")
    calibrate.add_argument("--resamples", type=_resamples, default=1000, help="of the bootstrap")
    calibrate.add_argument("--seed", type=int, default=0, help="of the bootstrap")
    calibrate.add_argument("--json", action="store_true", help="one JSON object")
    calibrate.set_defaults(run=_run)


def _resamples(text: str) -> int:
    number = int(text)
    if number < 100:
        raise argparse.ArgumentTypeError("a 95 % interval needs 100 resamples or more")
    return number


def _run(arguments: argparse.Namespace) -> int:
    # scikit-learn and scipy take a second to import; the other commands do not need them.
    from evaluation.calibration.console import compared, print_json, print_tables

    path = Path(arguments.file)
    everything = read_reviews(path.read_bytes(), path.name)
    reviewed = blind(everything)
    if not reviewed:
        raise ConfigurationError(
            f"{path.name}: every review was changed after its score had been told; "
            "have other people review the events"
        )
    changed = count_reviews(everything) - count_reviews(reviewed)
    comparisons = compared(reviewed, arguments.resamples, arguments.seed)
    (print_json if arguments.json else print_tables)(reviewed, comparisons, changed)
    return 0 if comparisons[0].calibrated else 1
