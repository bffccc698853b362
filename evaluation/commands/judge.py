"""`eventsmith-eval judge FILE`: what the configured model thinks of events, beside the rubric.

Exit status: 0 every event was judged, 1 some were not.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress

from evaluation.judging import Judged, Unanswered, configured, judge_all
from evaluation.scoring import Case, Malformed, read_case, read_items
from serve.domain.balance import BalancePolicy
from serve.quality.judge import Judge
from serve.quality.judgement import DIMENSIONS, Judgement
from serve.settings import Settings

_LITTLE = 0.5
"""Probability on the grades below which a model is not answering the question."""


def register(commands: Any) -> None:
    judge = commands.add_parser("judge", help="points by a language model for events")
    judge.add_argument("file", help="JSON or JSON Lines of events, as for `score`; - for stdin")
    judge.add_argument("--repeats", type=_repeats, default=None, help="per dimension and order")
    judge.add_argument("--json", action="store_true", help="one JSON object a line")
    judge.set_defaults(run=_run)


def _repeats(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 20:
        raise argparse.ArgumentTypeError("must be from 1 to 20")
    return number


def _run(arguments: argparse.Namespace) -> int:
    settings = Settings.from_environ()
    policy = BalancePolicy.parse(settings.table("balance.yaml"))
    judge = configured(settings.judge, policy, repeats=arguments.repeats)
    text = sys.stdin.read() if arguments.file == "-" else Path(arguments.file).read_text("utf-8")
    cases = [read_case(index, item) for index, item in enumerate(read_items(text))]
    return asyncio.run(_judge(cases, judge, policy, as_json=arguments.json))


async def _judge(
    cases: Sequence[Case | Malformed], judge: Judge, policy: BalancePolicy, *, as_json: bool
) -> int:
    missing = False
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(judge.model, total=len(cases))
        async for judged in judge_all(cases, judge, policy):
            progress.advance(task)
            missing |= not isinstance(judged, Judged)
            (_as_json if as_json else _as_text)(judged)
    return int(missing)


def _as_json(judged: Judged | Malformed | Unanswered) -> None:
    print(json.dumps(judged.as_json(), ensure_ascii=False))


def _as_text(judged: Judged | Malformed | Unanswered) -> None:
    console = Console(soft_wrap=True)
    if not isinstance(judged, Judged):
        console.print(f"[red]{judged.index}: {escape(judged.reason)}[/]")
        return
    judge, rubric = judged.judgement, judged.quality
    console.print(
        f"{judged.index}: {escape(judged.title)}  judge {judge.total:.0f}, rubric {rubric.total:g}"
    )
    for name in DIMENSIONS:
        console.print(
            f"   {name:<11} {getattr(judge, name):4.1f} ± {judge.spread[name]:.1f}"
            f"  rubric {getattr(rubric, name):4.1f}  order gap {judge.order_gap[name]:.1f}"
        )
    for warning in _warnings(judge):
        console.print(f"   [yellow]{warning}[/]")


def _warnings(judge: Judgement) -> Iterator[str]:
    if not judge.stable:
        yield (
            "묻는 순서에 따라 답이 달라 믿기 어렵습니다. · "
            "the answers depend on the order asked: not to be relied on"
        )
    if judge.mass is not None and judge.mass < _LITTLE:
        yield (
            f"모델이 등급으로 답하려 한 확률이 {judge.mass:.0%}뿐입니다. · "
            f"only {judge.mass:.0%} of the model's probability is on the grades"
        )
