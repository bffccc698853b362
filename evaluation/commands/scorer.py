"""`eventsmith-eval scorer`: does the quality scorer find what is wrong, and only that?

Where a judge is configured, its agreement with the scorer is told as well; no bar rests on it.
Exit status: 0 every bar is met, 1 one is not.
"""

import argparse
import asyncio
from statistics import mean
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from evaluation.agreement import Missing
from evaluation.instrument.judge import JudgeMeasured, drawn, measure_judge
from evaluation.instrument.measure import Measured, measure
from evaluation.instrument.pools import corpus, static_pool
from evaluation.instrument.statistics import share
from evaluation.judging import AT_ONCE, NO_JUDGE, configured
from evaluation.mutations import KINDS, Group, Shelf
from evaluation.split import Side
from serve.domain.balance import BalancePolicy
from serve.quality.judge import Judge
from serve.settings import Settings

_BARS = {"structural": 0.9, "meaning": 0.75, "specificity": 0.9, "auc": 0.9}
_MOST_STUFFING = 3.0


def register(commands: Any) -> None:
    scorer = commands.add_parser("scorer", help="sensitivity and specificity of the quality scorer")
    scorer.add_argument("--split", type=Side, choices=list(Side), default=Side.HELD_OUT)
    scorer.add_argument("--seed", type=int, default=0, help="of the injected defects")
    scorer.add_argument("--limit", type=int, default=None, help="events per pool, for a quick look")
    scorer.add_argument(
        "--judge-sample", type=_sample, default=20, help="events shown to the judge (%(default)s)"
    )
    scorer.set_defaults(run=_run)


def _sample(text: str) -> int:
    number = int(text)
    if number < 2:
        raise argparse.ArgumentTypeError("agreement needs 2 events or more")
    return number


def _run(arguments: argparse.Namespace) -> int:
    settings = Settings.from_environ()
    policy = BalancePolicy.parse(settings.table("balance.yaml"))
    static = static_pool(policy, arguments.split)[: arguments.limit]
    written = corpus(policy, arguments.split)
    if arguments.limit:
        written = written[:: max(len(written) // arguments.limit, 1)]
    shelf = Shelf((*static, *written), policy)
    measured = measure(static, written, shelf, arguments.seed)
    print(f"split={arguments.split} static={len(static)} corpus={len(written)}")
    Console(width=100).print(_table(measured))
    if settings.judge is None:
        print(f"judge: {NO_JUDGE}")
    else:
        _show_judge(configured(settings.judge, policy), shelf, arguments)
    return _summary(measured)


def _show_judge(judge: Judge, shelf: Shelf, arguments: argparse.Namespace) -> None:
    sample, seed = arguments.judge_sample, arguments.seed
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(
            judge.model, total=len(drawn(shelf.specimens, shelf, seed, sample))
        )
        measured = asyncio.run(
            measure_judge(
                judge,
                shelf.specimens,
                shelf,
                seed,
                largest=sample,
                at_once=AT_ONCE,
                done=lambda: progress.advance(task),
            )
        )
    for line in _judge_lines(measured):
        print(line)


def _judge_lines(measured: JudgeMeasured) -> tuple[str, ...]:
    agreement = measured.agreement
    told = (
        agreement.en
        if isinstance(agreement, Missing)
        else f"{agreement.value:.3f} [{agreement.low:.3f}, {agreement.high:.3f}]"
    )
    judged, missing = len(measured.rated), measured.unanswered
    return (
        f"judge: {judged} judged, {missing} not answered, {measured.unstable:.0%} differ by order",
        f"judge spearman with the scorer: {told}",
        f"judge sensitivity: {measured.sensitivity or 'it accepted no unmutated event'}",
        f"judge auc: {measured.auc or 'needs good and damaged events'}",
    )


def _table(measured: Measured) -> Table:
    table = Table("defect", "group", "n", "sensitivity [95 %]", "points lost")
    for kind in KINDS:
        trials = measured.of_kind(kind)
        if trials:
            found = share([(trial.id, trial.detected) for trial in trials])
            lost = mean(trial.drop for trial in trials)
            table.add_row(kind.name, kind.group, str(len(trials)), str(found), f"{lost:.1f}")
    return table


def _summary(measured: Measured) -> int:
    estimates = {group.value: measured.of(group) for group in Group} | {
        "specificity": measured.specificity,
        "auc": measured.auc,
    }
    for name, estimate in estimates.items():
        print(f"{name}: {estimate}")
    values = {name: estimate.value for name, estimate in estimates.items()}
    print(
        f"sensitivity_structural={values['structural']:.3f} "
        f"sensitivity_meaning={values['meaning']:.3f} specificity={values['specificity']:.3f} "
        f"auc={values['auc']:.3f} stuffing_gain={measured.stuffing_gain:.1f}"
    )
    missed = any(values[name] < bar for name, bar in _BARS.items())
    return int(missed or measured.stuffing_gain > _MOST_STUFFING)
