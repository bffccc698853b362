"""The command line of the evaluation: `eventsmith-eval COMMAND`.

Exit status: what the command says, 2 for wrong usage or an unreadable file.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from evaluation.commands import (
    calibrate,
    compare,
    dataset,
    ideas,
    judge,
    publish,
    review_report,
    reviews,
    run,
    score,
    scorer,
    simulate,
)
from serve.errors import EventsmithError

_COMMANDS = (
    run,
    compare,
    publish,
    simulate,
    dataset,
    score,
    judge,
    calibrate,
    review_report,
    reviews,
    scorer,
    ideas,
)


def main(argv: Sequence[str] | None = None) -> NoReturn:
    parser = argparse.ArgumentParser(
        prog="eventsmith-eval", description="Judges events and compares how they are written."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in _COMMANDS:
        command.register(commands)
    arguments = parser.parse_args(argv)
    chosen: Callable[[argparse.Namespace], int] = arguments.run
    try:
        sys.exit(chosen(arguments))
    except (EventsmithError, OSError) as error:
        print(f"eventsmith-eval: {error}", file=sys.stderr)
        sys.exit(2)
