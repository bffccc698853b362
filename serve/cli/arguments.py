"""What several commands have in common."""

import argparse
import os

from rich.console import Console

CONSOLE = Console()
START = {
    "currentTurn": 4,
    "difficulty": "NORMAL",
    "cash": 12_000_000,
    "users": 350,
    "trust": 52,
    "infrastructure": ["EC2"],
}
"""A young company: the state `ask` and `up` begin with."""


def address(parser: argparse.ArgumentParser, variable: str) -> None:
    """`--url` and `--key`, whose default is an environment variable."""
    parser.add_argument(
        "--url",
        default=os.environ.get("EVENTSMITH_URL", "http://127.0.0.1:8000"),
        help="the platform (%(default)s)",
    )
    parser.add_argument("--key", default=os.environ.get(variable, ""), help=f"default: ${variable}")
