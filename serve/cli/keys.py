"""`eventsmith key`: makes, lists and removes keys in a file that holds their digests."""

import argparse
import re
import secrets
import sys
from pathlib import Path
from typing import Any

from serve.errors import ConfigurationError
from serve.settings.access import Scope, digest, entries, parsed

_BYTES = 24
_NAME = re.compile(r"[A-Za-z0-9_.@-]{1,32}")


def register(commands: Any) -> None:
    """Adds the command."""
    key = commands.add_parser("key", help="make, list or remove keys in a file of digests")
    actions = key.add_subparsers(dest="action", required=True, metavar="add|list|remove")
    add = actions.add_parser("add", help="make a key: it is printed once, its digest is kept")
    list_ = actions.add_parser("list", help="whose keys there are")
    remove = actions.add_parser("remove", help="the key of this name opens nothing any more")
    for action in (add, remove):
        action.add_argument("name", help="who holds it, as the audit trail will tell")
    for action in (add, list_, remove):
        action.add_argument(
            "--file",
            type=Path,
            required=True,
            help="what EVENTSMITH_API_KEYS_FILE, …_ADMIN_TOKEN_FILE and so on name",
        )
    key.set_defaults(run=_key)


def _key(arguments: argparse.Namespace) -> int:
    lines = _lines(arguments.file)
    match arguments.action:
        case "add":
            _add(arguments.name, arguments.file, lines)
        case "remove":
            _remove(arguments.name, arguments.file, lines)
        case _:
            for name in _names(lines):
                print(name)
    return 0


def _add(name: str, file: Path, lines: list[str]) -> None:
    if not _NAME.fullmatch(name):
        raise ConfigurationError("NAME: 1 to 32 letters, digits, `_ . @ -`")
    if name in _names(lines):
        raise ConfigurationError(f"{name} is in {file} already; remove it, or name another")
    key = secrets.token_hex(_BYTES)
    _write(file, [*lines, f"{name}:sha256:{digest(key).hex()}"])
    print(key)
    print(f"in force within two seconds where {file} is read", file=sys.stderr)


def _remove(name: str, file: Path, lines: list[str]) -> None:
    names = _names(lines)
    if name not in names:
        raise ConfigurationError(f"{name} is not in {file}; `eventsmith key list` tells who is")
    _write(file, [line for line, held in zip(lines, names, strict=True) if held != name])


def _names(lines: list[str]) -> list[str]:
    """As the platform names them; the scope stands for a key without a name."""
    return [key.name for key in parsed(",".join(lines), Scope.GAME)]


def _lines(file: Path) -> list[str]:
    try:
        text = file.read_text("utf-8")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"--file: {file} cannot be read ({error})") from error
    return entries(text)


def _write(file: Path, lines: list[str]) -> None:
    """In place: what a container has mounted is this very file."""
    with file.open("w", encoding="utf-8") as out:
        out.write("".join(f"{line}\n" for line in lines))
