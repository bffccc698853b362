"""`eventsmith-eval score FILE`: rules and rubric for events from anywhere.

Exit status: 0 every event may be served, 1 some may not.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from evaluation.scoring import Malformed, Scored, judge, read_items
from serve.domain.balance import BalancePolicy
from serve.domain.state import Locale
from serve.quality import Verdict
from serve.settings import Settings

_COLOURS = {Verdict.ACCEPT: "green", Verdict.REVIEW: "yellow", Verdict.DISCARD: "red"}


def register(commands: Any) -> None:
    score = commands.add_parser("score", help="rules and rubric for events in the wire format")
    score.add_argument("file", help="JSON or JSON Lines of events, each with or without gameState")
    score.add_argument("--json", action="store_true", help="one JSON object a line")
    score.add_argument(
        "--locale", type=Locale, choices=[*Locale], default=Locale.KO, help="of the reasons (ko)"
    )
    score.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    policy = BalancePolicy.parse(Settings.from_environ().table("balance.yaml"))
    text = sys.stdin.read() if arguments.file == "-" else Path(arguments.file).read_text("utf-8")
    worst = 0
    for judged in judge(read_items(text), policy):
        if arguments.json:
            _as_json(judged)
        else:
            _as_text(judged, arguments.locale)
        worst |= isinstance(judged, Malformed) or judged.verdict is Verdict.DISCARD
    return worst


def _as_json(judged: Scored | Malformed) -> None:
    print(json.dumps(judged.as_json(), ensure_ascii=False))


def _as_text(judged: Scored | Malformed, locale: Locale) -> None:
    console = Console()
    if isinstance(judged, Malformed):
        console.print(f"[red]{judged.index}: {escape(judged.reason)}[/]")
        return
    quality, verdict = judged.quality, judged.verdict
    console.print(
        f"{judged.index}: {escape(judged.title)}  [{_COLOURS[verdict]}]{verdict} {quality.total:g}[/]"
        f"  consistency {quality.consistency:g}, balance {quality.balance:g}, "
        f"fun {quality.fun:g}, education {quality.education:g}"
    )
    for violation in judged.violations:
        console.print(f"   [red]{violation.rule}[/] {violation.field}: {escape(violation.message)}")
    for reason in quality.reasons:
        why = reason.ko if locale is Locale.KO else reason.en
        console.print(
            f"   -{reason.points:g} {reason.dimension} {escape(reason.field)}: {escape(why)}"
        )
