"""`eventsmith-eval compare BASELINE RUN...`: is it better, by how much, and how sure is that?

Exit status: 0 nothing that --fail-if names, 1 something is, 2 the runs cannot be compared.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from serve.errors import ConfigurationError

if TYPE_CHECKING:
    from evaluation.statistics.comparison import Comparison
    from evaluation.suite.result import Result


def register(commands: Any) -> None:
    compare = commands.add_parser("compare", help="paired statistics of two or more runs")
    compare.add_argument("baseline", metavar="BASELINE", help="run id of an arm, or FOLDER#ARM")
    compare.add_argument("runs", metavar="RUN", nargs="+", help="what is compared with it")
    compare.add_argument(
        "--margin", type=_margin, default=2.0, help="points that do not matter (2)"
    )
    compare.add_argument(
        "--fail-if",
        choices=("worse", "unclear", "not-better", "never"),
        default="worse",
        help="which verdict fails the command (%(default)s)",
    )
    compare.add_argument("--json", action="store_true", help="one JSON object")
    compare.add_argument("--no-log", action="store_true", help="write nothing to the runs compared")
    compare.add_argument(
        "--tracking-uri", default=None, metavar="URI", help="instead of $MLFLOW_TRACKING_URI"
    )
    compare.set_defaults(run=_run)


def _margin(text: str) -> float:
    points = float(text)
    if not 0 < points <= 100:
        raise argparse.ArgumentTypeError("must be above 0 and at most 100")
    return points


def _run(arguments: argparse.Namespace) -> int:
    # scipy and MLflow take seconds to import: not for `--help`.
    from evaluation.statistics.console import print_comparisons
    from evaluation.statistics.gate import gate
    from evaluation.statistics.many import compare_many

    names: Sequence[str] = list(dict.fromkeys(arguments.runs))
    with Console(stderr=True).status("MLflow"):
        baseline = _read(arguments.baseline, arguments.tracking_uri)
        candidates = {name: _read(name, arguments.tracking_uri) for name in names}
    found = compare_many(baseline, candidates, margin=arguments.margin)
    if arguments.json:
        print(json.dumps({name: one.as_json() for name, one in found.items()}, ensure_ascii=False))
    else:
        print_comparisons(
            Console(soft_wrap=True, width=None if sys.stdout.isatty() else 120), found
        )
    if not arguments.no_log:
        _log(found, arguments.tracking_uri)
    passed = arguments.fail_if == "never" or all(
        gate(one, arguments.fail_if) for one in found.values()
    )
    return int(not passed)


def _read(name: str, uri: str | None) -> "list[Result]":
    """An arm's results, from MLflow or from a folder that `run` wrote."""
    folder, separator, arm = name.partition("#")
    if separator or Path(name).is_dir():
        return _from_folder(Path(folder), arm)
    from evaluation.tracking.reading import read_run

    return read_run(name, uri)[1]


def _from_folder(folder: Path, arm: str) -> "list[Result]":
    from evaluation.suite.journal import results_of

    results = results_of(folder / "journal.jsonl")
    arms = sorted({one.arm for one in results})
    if not arms:
        raise ConfigurationError(f"{folder}: holds no results; name a folder that `run` wrote")
    if arm not in arms:
        raise ConfigurationError(f"{folder}#{arm}: no such arm; there are {', '.join(arms)}")
    return [one for one in results if one.arm == arm]


def _log(found: "dict[str, Comparison]", uri: str | None) -> None:
    """Onto each candidate's run; a folder has none."""
    from evaluation.statistics.words import verdict
    from evaluation.tracking.comparison import log_verdict

    for name, comparison in found.items():
        if "#" not in name:
            ko, en = verdict(comparison)
            log_verdict(name, comparison.metrics, {"verdict.ko": ko, "verdict.en": en}, uri=uri)
