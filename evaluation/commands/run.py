"""`eventsmith-eval run SUITE`: asks every arm of a suite, compares, reports, and logs to MLflow.

Interrupted, by Ctrl-C, a crash or a full disk, the same command goes on where it stopped. Exit
status: 0 done, 1 an arm is worse than the baseline (see --fail-if), 3 generated but not logged,
130 stopped by Ctrl-C.
"""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

if TYPE_CHECKING:
    from evaluation.findings import Findings
    from evaluation.suite.execution import Execution
    from evaluation.suite.plan import Suite

_OUT = Path(".eventsmith/evaluation")
_NOT_LOGGED, _STOPPED = 3, 130


def register(commands: Any) -> None:
    run = commands.add_parser("run", help="ask, compare and log a suite of prompts and models")
    run.add_argument("suite", type=Path, help="a file such as configs/evaluation/smoke.yaml")
    run.add_argument("--out", type=Path, default=_OUT, help="folder of results (%(default)s)")
    run.add_argument("--fresh", action="store_true", help="start anew, finish nothing begun before")
    run.add_argument("--no-mlflow", action="store_true", help="only write the folder")
    run.add_argument(
        "--tracking-uri", default=None, metavar="URI", help="instead of $MLFLOW_TRACKING_URI"
    )
    run.add_argument(
        "--fail-if",
        choices=("worse", "unclear", "not-better", "never"),
        default="never",
        help="which verdict of any arm fails the command (%(default)s)",
    )
    run.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    # pandas, scipy, matplotlib and the model's libraries take seconds: not for `--help`.
    from evaluation.generating import Stopped, generate
    from evaluation.recording import surroundings
    from evaluation.suite.execution import open_execution
    from evaluation.suite.plan import read_plan
    from serve.domain.balance import BalancePolicy
    from serve.settings import Settings

    console = Console(stderr=True, soft_wrap=True)
    suite = read_plan(arguments.suite)
    policy = BalancePolicy.parse(Settings.from_environ().table("balance.yaml"))
    execution = open_execution(suite, arguments.out, fresh=arguments.fresh)
    console.print(f"{execution.folder}: {len(suite.arms)} arms, {suite.size} trials")
    if execution.state == "generating":
        execution = execution.become("generating", **surroundings())
        try:
            execution = asyncio.run(generate(suite, execution, policy, console))
        except Stopped as stopped:
            console.print(f"\n{stopped}")
            return _STOPPED
    return _concluded(suite, execution, arguments, console)


def _concluded(
    suite: "Suite", execution: "Execution", arguments: argparse.Namespace, console: Console
) -> int:
    from evaluation.findings import find
    from evaluation.reporting import print_arms, write
    from evaluation.statistics.console import print_comparisons
    from evaluation.suite.journal import results_of

    with console.status("비교와 보고서 · figures and report"):
        findings = find(suite, results_of(execution.journal))
        report = write(suite, execution, findings)
    shown = Console(soft_wrap=True, width=None if sys.stdout.isatty() else 120)
    print_arms(shown, findings)
    print_comparisons(shown, findings.comparisons)
    shown.print(f"{report}")
    logged = arguments.no_mlflow or _logged(suite, execution, findings, arguments, console)
    print(_last(findings, logged=logged and not arguments.no_mlflow))
    if not logged:
        return _NOT_LOGGED
    return _gate(findings, arguments.fail_if)


def _logged(
    suite: "Suite",
    execution: "Execution",
    findings: "Findings",
    arguments: argparse.Namespace,
    console: Console,
) -> bool:
    """Whether MLflow took it; if not, the sentence that says what to do has been printed."""
    from evaluation.recording import log
    from evaluation.tracking import TrackingError

    try:
        with console.status("MLflow"):
            runs = log(suite, execution, findings, arguments.tracking_uri)
    except TrackingError as error:
        console.print(
            f"[red]{error}[/]\n결과는 모두 {execution.folder}에 있고, 같은 명령을 다시 실행하면 "
            f"기록만 합니다. · every result is in {execution.folder}; the same command again only logs them"
        )
        return False
    execution.become("logged")
    for name, run_id in runs.items():
        console.print(f"{name}: run {run_id}")
    return True


def _last(findings: "Findings", *, logged: bool) -> str:
    results = [one for each in findings.arms.values() for one in each]
    failed = sum(one.outcome.value == "failed" for one in results)
    best = max(figures["quality.total.mean"] for figures in findings.figures.values())
    return (
        f"arms={len(findings.arms)} results={len(results)} failed={failed} "
        f"best_quality={best:.1f} logged={str(logged).lower()}"
    )


def _gate(findings: "Findings", fail_if: Any) -> int:
    from evaluation.statistics.gate import gate

    if fail_if == "never":
        return 0
    return int(not all(gate(one, fail_if) for one in findings.comparisons.values()))
