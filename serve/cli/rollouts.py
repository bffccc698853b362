"""`eventsmith rollout`: give players what is new in stages, and take it back."""

import argparse
import time
from datetime import datetime
from typing import Any

from rich.table import Table
from rich.text import Text

from serve.cli.arguments import CONSOLE, address
from serve.client import Client

_ACTIONS = {
    "start": "begin with the first stage",
    "status": "how it stands, and how its arms compare",
    "advance": "to the next stage now",
    "hold": "stay at this stage until resumed; a breach still rolls back",
    "resume": "go on after a hold",
    "rollback": "give every player what is current, now",
}


def register(commands: Any) -> None:
    """Adds the command."""
    parser = commands.add_parser("rollout", help="roll out events, a prompt or a model by stages")
    address(parser, "EVENTSMITH_ADMIN_TOKEN")
    actions = parser.add_subparsers(dest="action", required=True, metavar="|".join(_ACTIONS))
    for name, meaning in _ACTIONS.items():
        action = actions.add_parser(name, help=meaning)
        if name != "status":
            action.add_argument("--reason", default="", help="kept in the audit trail")
        if name == "start":
            action.add_argument(
                "--subject",
                choices=("candidate", "llm-events"),
                default="candidate",
                help="the candidate of the configuration, or events of the model at all (%(default)s)",
            )
    parser.set_defaults(run=_rollout)


def _rollout(arguments: argparse.Namespace) -> int:
    client = Client(arguments.url, arguments.key)
    if arguments.action == "status":
        status = client.rollout()
    else:
        subject = getattr(arguments, "subject", None)
        status = client.change_rollout(arguments.action, subject, arguments.reason)
    _show(status)
    return 0


def _show(status: dict[str, Any]) -> None:
    rollout, assessment = status["rollout"], status["assessment"]
    if rollout is None:
        CONSOLE.print("Nothing has been rolled out; `eventsmith rollout start` does.")
        return
    what = f"{rollout['subject']} {rollout['candidate'] or ''}".strip()
    since = datetime.fromtimestamp(rollout["since"]).astimezone().strftime("%Y-%m-%d %H:%M")
    hours = (time.time() - rollout["since"]) / 3600
    print(f"{what}: {rollout['status']}, {rollout['share']:.0%} of players")
    print(f"since {since} ({hours:.1f} h), by {rollout['changedBy']}: {rollout['reason'] or '-'}")
    if assessment:
        print(f"{assessment['verdict']}; the stage {'is' if assessment['due'] else 'is not'} over")
        CONSOLE.print(_table(assessment["findings"]))


def _table(findings: list[dict[str, Any]]) -> Table:
    table = Table("figure", "candidate", "current", "limit", "verdict", box=None)
    for finding in findings:
        cells = (
            finding["figure"],
            _interval(finding["candidate"]),
            _interval(finding["current"]),
            f"{finding['limit']:g}",
            finding["verdict"],
        )
        table.add_row(*(Text(cell) for cell in cells))
    return table


def _interval(interval: dict[str, float] | None) -> str:
    if interval is None or not interval["count"]:
        return "-"
    return (
        f"{interval['value']:.3g} ({interval['low']:.3g}..{interval['high']:.3g}) "
        f"of {interval['count']}"
    )
