"""`eventsmith-eval scorer`: does the quality scorer find what is wrong, and only that?

Exit status: 0 every bar is met, 1 one is not.
"""

import argparse
from statistics import mean
from typing import Any

from rich.console import Console
from rich.table import Table

from evaluation.instrument.measure import Measured, measure
from evaluation.instrument.pools import corpus, static_pool
from evaluation.instrument.split import Side
from evaluation.instrument.statistics import share
from evaluation.mutations import KINDS, Group, Shelf
from serve.domain.balance import BalancePolicy
from serve.settings import Settings

_BARS = {"structural": 0.9, "meaning": 0.75, "specificity": 0.9, "auc": 0.9}
_MOST_STUFFING = 3.0


def register(commands: Any) -> None:
    scorer = commands.add_parser("scorer", help="sensitivity and specificity of the quality scorer")
    scorer.add_argument("--split", type=Side, choices=list(Side), default=Side.HELD_OUT)
    scorer.add_argument("--seed", type=int, default=0, help="of the injected defects")
    scorer.add_argument("--limit", type=int, default=None, help="events per pool, for a quick look")
    scorer.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    policy = BalancePolicy.parse(Settings.from_environ().table("balance.yaml"))
    static = static_pool(policy, arguments.split)[: arguments.limit]
    written = corpus(policy, arguments.split)
    if arguments.limit:
        written = written[:: max(len(written) // arguments.limit, 1)]
    measured = measure(static, written, Shelf((*static, *written), policy), arguments.seed)
    print(f"split={arguments.split} static={len(static)} corpus={len(written)}")
    Console(width=100).print(_table(measured))
    return _summary(measured)


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
