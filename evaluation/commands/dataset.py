"""`eventsmith-eval dataset`: the game states that variants are asked about.

Exit status: 0 shown or written.
"""

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from evaluation.dataset import Dataset, available, read_dataset, to_lines
from evaluation.simulation.rules import GameRules
from evaluation.simulation.scenarios import played
from serve.domain.balance import BalancePolicy
from serve.domain.state import Difficulty, Stage
from serve.settings import Settings

_HANDMADE, _SMOKE = "handmade", 24


def register(commands: Any) -> None:
    dataset = commands.add_parser("dataset", help="show or generate datasets of game states")
    actions = dataset.add_subparsers(required=True, metavar="show|generate")
    show = actions.add_parser("show", help="what a dataset covers")
    show.add_argument("name", help=f"a file, or one of {', '.join(available())}")
    show.set_defaults(run=_show)
    generate = actions.add_parser("generate", help="play games, and write the standard datasets")
    generate.add_argument("--seed", type=int, default=0, help="of the games (%(default)s)")
    generate.add_argument("--out", type=Path, required=True, help="folder to write to")
    generate.set_defaults(run=_generate)


def _show(arguments: argparse.Namespace) -> int:
    dataset, console = read_dataset(arguments.name), Console()
    table = Table("단계 stage", *Difficulty, title=f"{dataset.name} · {len(dataset.scenarios)}")
    cells = Counter((one.game_state.stage, one.game_state.difficulty) for one in dataset.scenarios)
    for stage in Stage:
        table.add_row(stage, *(str(cells[stage, difficulty]) for difficulty in Difficulty))
    console.print(table)
    for line in _lines(dataset):
        console.print(line)
    return 0


def _lines(dataset: Dataset) -> list[str]:
    origins = Counter(one.origin.value for one in dataset.scenarios)
    locales = Counter(one.locale.value for one in dataset.scenarios)
    tiers = Counter(one.game_state.infrastructure_tier.value for one in dataset.scenarios)
    told = {"origin": origins, "locale": locales, "infrastructure": tiers}
    lines = [
        f"{name}: {', '.join(f'{value} {count}' for value, count in counts.most_common())}"
        for name, counts in told.items()
    ]
    return [*lines, f"sha256: {dataset.digest}"]


def _generate(arguments: argparse.Namespace) -> int:
    """`standard.jsonl`: played and handmade; `smoke.jsonl`: some of them."""
    settings = Settings.from_environ()
    policy = BalancePolicy.parse(settings.table("balance.yaml"))
    rules = GameRules.parse(settings.table("evaluation/game.yaml"))
    scenarios = played(rules, policy, arguments.seed)
    standard = Dataset("standard", (*scenarios, *read_dataset(_HANDMADE).scenarios))
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, dataset in (("standard", standard), ("smoke", standard.spread(_SMOKE))):
        path = arguments.out / f"{name}.jsonl"
        path.write_text(to_lines(dataset.scenarios), "utf-8")
        print(f"{path}: {len(dataset.scenarios)} scenarios")
    return 0
