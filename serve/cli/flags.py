"""`eventsmith flag`: read or switch a feature flag, and see who did."""

import argparse
from typing import Any

from serve.cli.arguments import CONSOLE, address
from serve.client import Client
from serve.local.terminal import audit_table


def register(commands: Any) -> None:
    """Adds the command."""
    flag = commands.add_parser("flag", help="read or switch a feature flag")
    address(flag, "EVENTSMITH_ADMIN_TOKEN")
    actions = flag.add_subparsers(dest="action", required=True, metavar="get|set|history")
    get = actions.add_parser("get", help="print a flag")
    set_ = actions.add_parser("set", help="switch a flag on or off")
    actions.add_parser("history", help="who or what switched flags and the breaker, and why")
    for action in (get, set_):
        action.add_argument("name", nargs="?", default="llm-events")
    set_.add_argument("value", choices=("on", "off"))
    set_.add_argument("--reason", default="", help="kept in the audit trail")
    flag.set_defaults(run=_flag)


def _flag(arguments: argparse.Namespace) -> int:
    client = Client(arguments.url, arguments.key)
    if arguments.action == "history":
        CONSOLE.print(audit_table(client.audit()))
        return 0
    if arguments.action == "get":
        state = client.flag(arguments.name)
    else:
        state = client.set_flag(arguments.name, arguments.value == "on", arguments.reason)
    print(f"{state['name']} is {'on' if state['enabled'] else 'off'}")
    return 0
