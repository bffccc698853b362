"""The command line: `eventsmith up | ask | flag | review | capacity`.

Exit status: 0 done (`ask`: an event the model wrote), 1 nobody answers or the platform cannot
start, 2 wrong usage, 3 `ask` got a hand-written event, 4 the platform refused.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from rich.console import Console

from serve import capacity
from serve.client import Client, Refused, Unreachable
from serve.errors import ConfigurationError, EventsmithError
from serve.local.terminal import audit_table, card, step
from serve.settings import Settings

_console = Console()
_START = {
    "currentTurn": 4,
    "difficulty": "NORMAL",
    "cash": 12_000_000,
    "users": 350,
    "trust": 52,
    "infrastructure": ["EC2"],
}


def main(argv: Sequence[str] | None = None) -> NoReturn:
    arguments = _parser().parse_args(argv)
    run: Callable[[argparse.Namespace], int] = arguments.run
    try:
        sys.exit(run(arguments))
    except KeyboardInterrupt:
        sys.exit(130)
    except EventsmithError as error:
        print(f"eventsmith: {error}", file=sys.stderr)
        sys.exit(4 if isinstance(error, Refused) else 1)


def _up(arguments: argparse.Namespace) -> int:
    # Ray takes seconds to import and reads its environment on the way: not for `ask`.
    from serve.local.platform import Options, running, wait_for_signal

    options = Options(arguments.config, arguments.host, arguments.port, arguments.dashboard_port)
    with running(options, _console) as url:
        if arguments.ask or arguments.once:
            with step(_console, "Event", "the model writes"):
                answer = _first_event(url)
            _console.print(card(answer))
        if not arguments.once:
            _console.print(f"Serving on [bold]{url}[/] (API: {url}/docs). Ctrl-C stops everything.")
            wait_for_signal()
            _console.print("Stopping …")
    return 0


def _first_event(url: str) -> dict[str, Any]:
    """An event the model wrote; of three drafts in a row at least one should please the judges."""
    client = Client(url, next(iter(Settings.from_environ().api_keys), ""))
    answer: dict[str, Any] = {}
    for number in range(1, 4):
        body = {"playerId": f"first-{number}", "gameState": _START, "deadlineMs": 20_000}
        answer = client.ask(body)
        if answer["source"] != "static":
            break
    return answer


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
        _console.print(card(answer))
    return 3 if answer["source"] == "static" else 0


def _flag(arguments: argparse.Namespace) -> int:
    client = Client(arguments.url, arguments.key)
    if arguments.action == "history":
        _console.print(audit_table(client.audit()))
        return 0
    if arguments.action == "get":
        state = client.flag(arguments.name)
    else:
        state = client.set_flag(arguments.name, arguments.value == "on", arguments.reason)
    print(f"{state['name']} is {'on' if state['enabled'] else 'off'}")
    return 0


def _review_export(arguments: argparse.Namespace) -> int:
    text = Client(arguments.url, arguments.key).reviews(arguments.format)
    if arguments.out is None:
        sys.stdout.write(text)
        return 0
    try:
        arguments.out.write_text(text, "utf-8", newline="")
    except OSError as error:
        raise ConfigurationError(f"--out {arguments.out}: {error.strerror}") from error
    return 0


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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="eventsmith", description="Game events written by a language model, in time."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    up = commands.add_parser("up", help="start the whole platform on this machine")
    up.add_argument(
        "--config", default="serve/local.yaml", help="file below configs/ (%(default)s)"
    )
    up.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    up.add_argument("--port", type=int, default=8000, help="port to listen on (%(default)s)")
    up.add_argument(
        "--dashboard-port", type=int, default=8265, help="Ray's dashboard (%(default)s)"
    )
    up.add_argument("--ask", action="store_true", help="ask for one event and show it")
    up.add_argument("--once", action="store_true", help="ask for one event, show it, and stop")
    up.set_defaults(run=_up)

    ask = commands.add_parser("ask", help="ask a running platform for an event")
    _address(ask, "EVENTSMITH_KEY")
    ask.add_argument(
        "file", nargs="?", help="a request or a game state as JSON; - for standard input"
    )
    ask.add_argument("--player", default="player-1", help="player id (%(default)s)")
    ask.add_argument("--turn", type=int, default=_START["currentTurn"], help="1..30 (%(default)s)")
    ask.add_argument("--difficulty", choices=("EASY", "NORMAL", "HARD"), default="NORMAL")
    ask.add_argument("--cash", type=int, default=_START["cash"], help="won (%(default)s)")
    ask.add_argument("--users", type=int, default=_START["users"], help="people (%(default)s)")
    ask.add_argument("--trust", type=int, default=_START["trust"], help="0..100 (%(default)s)")
    ask.add_argument(
        "--infrastructure", default="EC2", help="owned, separated by commas (%(default)s)"
    )
    ask.add_argument("--locale", choices=("ko", "en"), default="ko")
    ask.add_argument("--type", help="event type, e.g. TEAM_EVENT")
    ask.add_argument("--deadline-ms", type=int, help="milliseconds to wait at the most")
    ask.add_argument("--json", action="store_true", help="print the answer as JSON")
    ask.set_defaults(run=_ask)

    flag = commands.add_parser("flag", help="read or switch a feature flag")
    _address(flag, "EVENTSMITH_ADMIN_TOKEN")
    actions = flag.add_subparsers(dest="action", required=True, metavar="get|set|history")
    get = actions.add_parser("get", help="print a flag")
    set_ = actions.add_parser("set", help="switch a flag on or off")
    actions.add_parser("history", help="who or what switched flags and the breaker, and why")
    for action in (get, set_):
        action.add_argument("name", nargs="?", default="llm-events")
    set_.add_argument("value", choices=("on", "off"))
    set_.add_argument("--reason", default="", help="kept in the audit trail")
    flag.set_defaults(run=_flag)

    review = commands.add_parser("review", help="reviews by people, given on the page /review")
    export = review.add_subparsers(required=True, metavar="export").add_parser(
        "export", help="write every review and its event"
    )
    _address(export, "EVENTSMITH_ADMIN_TOKEN")
    export.add_argument("--format", choices=("jsonl", "csv"), default="jsonl")
    export.add_argument("--out", type=Path, metavar="FILE", help="instead of standard output")
    export.set_defaults(run=_review_export)
    capacity.register(commands)
    return parser


def _address(parser: argparse.ArgumentParser, variable: str) -> None:
    parser.add_argument(
        "--url",
        default=os.environ.get("EVENTSMITH_URL", "http://127.0.0.1:8000"),
        help="the platform (%(default)s)",
    )
    parser.add_argument("--key", default=os.environ.get(variable, ""), help=f"default: ${variable}")


__all__ = ["Unreachable", "main"]
