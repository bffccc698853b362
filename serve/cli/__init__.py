"""The command line: `eventsmith up | ask | flag | rollout | review | capacity`.

Exit status: 0 done (`ask`: an event the model wrote), 1 nobody answers or the platform cannot
start, 2 wrong usage, 3 `ask` got a hand-written event, 4 the platform refused.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from serve import capacity
from serve.cli import ask, flags, keys, reviews, rollouts, up
from serve.client import Refused
from serve.errors import EventsmithError


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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="eventsmith", description="Game events written by a language model, in time."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in (up, ask, flags, rollouts, reviews, keys, capacity):
        command.register(commands)
    return parser
