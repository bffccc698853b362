"""`eventsmith up`: the whole platform on this machine."""

import argparse
import signal
from typing import Any

from serve.cli.arguments import CONSOLE, START
from serve.client import Client
from serve.local.terminal import card, step
from serve.settings import Settings


def register(commands: Any) -> None:
    """Adds the command."""
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


def _up(arguments: argparse.Namespace) -> int:
    # Ray takes seconds to import and reads its environment on the way: not for `ask`.
    from serve.local.platform import Options, running, wait_for_signal

    asks = arguments.ask or arguments.once
    key = Settings.own_key() if asks else ""
    options = Options(arguments.config, arguments.host, arguments.port, arguments.dashboard_port)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # also while it starts: nothing stays
    with running(options, CONSOLE) as url:
        if asks:
            with step(CONSOLE, "Event", "the model writes"):
                answer = _first_event(url, key)
            CONSOLE.print(card(answer))
        if not arguments.once:
            CONSOLE.print(f"Serving on [bold]{url}[/] (API: {url}/docs). Ctrl-C stops everything.")
            wait_for_signal()
            CONSOLE.print("Stopping …")
    return 0


def _first_event(url: str, key: str) -> dict[str, Any]:
    """An event the model wrote; of three drafts in a row at least one should please the judges."""
    client = Client(url, key)
    answer: dict[str, Any] = {}
    for number in range(1, 4):
        body = {"playerId": f"first-{number}", "gameState": START, "deadlineMs": 20_000}
        answer = client.ask(body)
        if answer["source"] != "static":
            break
    return answer
