"""`eventsmith ask`: one event from a running platform."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from serve.cli.arguments import CONSOLE, START, address
from serve.client import Client
from serve.errors import ConfigurationError
from serve.local.terminal import card


def register(commands: Any) -> None:
    """Adds the command."""
    ask = commands.add_parser("ask", help="ask a running platform for an event")
    address(ask, "EVENTSMITH_KEY")
    ask.add_argument(
        "file", nargs="?", help="a request or a game state as JSON; - for standard input"
    )
    ask.add_argument("--player", default="player-1", help="player id (%(default)s)")
    ask.add_argument("--turn", type=int, default=START["currentTurn"], help="1..30 (%(default)s)")
    ask.add_argument("--difficulty", choices=("EASY", "NORMAL", "HARD"), default="NORMAL")
    ask.add_argument("--cash", type=int, default=START["cash"], help="won (%(default)s)")
    ask.add_argument("--users", type=int, default=START["users"], help="people (%(default)s)")
    ask.add_argument("--trust", type=int, default=START["trust"], help="0..100 (%(default)s)")
    ask.add_argument(
        "--infrastructure", default="EC2", help="owned, separated by commas (%(default)s)"
    )
    ask.add_argument("--locale", choices=("ko", "en"), default="ko")
    ask.add_argument("--type", help="event type, e.g. TEAM_EVENT")
    ask.add_argument("--deadline-ms", type=int, help="milliseconds to wait at the most")
    ask.add_argument("--json", action="store_true", help="print the answer as JSON")
    ask.set_defaults(run=_ask)


def _ask(arguments: argparse.Namespace) -> int:
    body = _read(arguments.file) if arguments.file else {"gameState": _state(arguments)}
    if "gameState" not in body:
        body = {"gameState": body}
    body.setdefault("playerId", arguments.player)
    body.setdefault("locale", arguments.locale)
    if arguments.type:
        body["eventContext"] = {"eventType": arguments.type}
    if arguments.deadline_ms:
        body["deadlineMs"] = arguments.deadline_ms
    answer = Client(arguments.url, arguments.key).ask(body)
    if arguments.json:
        print(json.dumps(answer, ensure_ascii=False))
    else:
        CONSOLE.print(card(answer))
    return 3 if answer["source"] == "static" else 0


def _read(path: str) -> dict[str, Any]:
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text("utf-8")
        table = json.loads(text)
    except (OSError, json.JSONDecodeError) as error:
        raise ConfigurationError(f"{path}: {error}") from error
    if not isinstance(table, dict):
        raise ConfigurationError(f"{path}: must hold a JSON object")
    return table


def _state(arguments: argparse.Namespace) -> dict[str, Any]:
    return {
        "currentTurn": arguments.turn,
        "difficulty": arguments.difficulty,
        "cash": arguments.cash,
        "users": arguments.users,
        "trust": arguments.trust,
        "infrastructure": [name for name in arguments.infrastructure.split(",") if name],
    }
