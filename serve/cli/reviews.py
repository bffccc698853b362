"""`eventsmith review export`: what people said."""

import argparse
import sys
from pathlib import Path
from typing import Any

from serve.cli.arguments import address
from serve.client import Client
from serve.errors import ConfigurationError


def register(commands: Any) -> None:
    """Adds the command."""
    review = commands.add_parser("review", help="reviews by people, given on the page /review")
    export = review.add_subparsers(required=True, metavar="export").add_parser(
        "export", help="write every review and its event"
    )
    address(export, "EVENTSMITH_ADMIN_TOKEN")
    export.add_argument("--format", choices=("jsonl", "csv"), default="jsonl")
    export.add_argument("--out", type=Path, metavar="FILE", help="instead of standard output")
    export.set_defaults(run=_review_export)


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
