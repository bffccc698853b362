"""Who may call: keys by scope, kept as digests, and read again where they lie in files."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from serve.errors import ConfigurationError
from serve.settings.reading import content

_ENTRY = re.compile(r"(?:(?P<name>[A-Za-z0-9_.@-]{1,32}):)?sha256:(?P<digest>[0-9a-f]{64})")
_SEEN = tuple[float, int]


class Scope(StrEnum):
    """What a key opens."""

    GAME = "game"
    """Events and their feedback, figures, configuration."""
    EVALUATION = "evaluation"
    """The same, with a small quota."""
    ADMIN = "admin"
    """Everything but the webhook of alerts."""
    ALERTS = "alerts"
    """The webhook of alerts and nothing else."""


VARIABLES = {
    Scope.GAME: "EVENTSMITH_API_KEYS",
    Scope.EVALUATION: "EVENTSMITH_EVALUATION_KEYS",
    Scope.ADMIN: "EVENTSMITH_ADMIN_TOKEN",
    Scope.ALERTS: "EVENTSMITH_ALERTS_TOKEN",
}


class Key(NamedTuple):
    """One key. What it was cannot be told from it."""

    scope: Scope
    name: str
    """Who holds it, for the audit trail."""
    digest: bytes
    """SHA-256: enough for random keys, which have nothing that could be guessed."""


@dataclass(frozen=True, slots=True)
class Access:
    """The keys that open the platform, and the files they may be changed in."""

    keys: tuple[Key, ...] = field(default=(), repr=False)
    files: tuple[tuple[Scope, Path], ...] = ()

    @classmethod
    def from_environ(cls, env: Mapping[str, str]) -> "Access":
        """Raises ConfigurationError for an entry that cannot be meant."""
        keys = [
            key for scope, name in VARIABLES.items() for key in parsed(env.get(name, ""), scope)
        ]
        files = [
            (scope, Path(path))
            for scope, name in VARIABLES.items()
            if (path := env.get(f"{name}_FILE", "").strip())
        ]
        return cls(_distinct(keys), tuple(files))

    def of(self, scope: Scope) -> tuple[Key, ...]:
        return tuple(key for key in self.keys if key.scope is scope)

    def reread(self) -> "Access":
        """As the files are now. Raises ConfigurationError; then the old keys should stay."""
        held = dict(self.files)
        keys = [key for key in self.keys if key.scope not in held]
        for scope, path in self.files:
            keys += parsed(content(VARIABLES[scope], str(path)), scope)
        return Access(_distinct(keys), self.files)


class KeyFiles:
    """Watches the files of keys: a change is taken up once it has lain still from one look to the next,
    so that nobody reads half a file."""

    def __init__(self, access: Access, changed: Callable[[tuple[Key, ...]], None]) -> None:
        self._access, self._changed = access, changed
        self._known = self._last = self._look()

    def follow(self) -> None:
        """One look. Raises ConfigurationError for files that cannot be read; the old keys stay."""
        seen, self._last = self._last, self._look()
        if self._last == seen and self._last != self._known:
            self._known = self._last
            self._access = self._access.reread()
            self._changed(self._access.keys)

    def _look(self) -> tuple[_SEEN | None, ...]:
        return tuple(_state(path) for _, path in self._access.files)


def parsed(text: str, scope: Scope) -> tuple[Key, ...]:
    """Entries separated by commas or lines: a key, `sha256:DIGEST`, or `NAME:sha256:DIGEST`.

    Raises ConfigurationError naming the variable and the entry's number, never the entry.
    """
    return tuple(_key(entry, scope, number) for number, entry in enumerate(entries(text), 1))


def entries(text: str) -> list[str]:
    """Without those that are empty or begin with `#`."""
    found = [entry.strip() for line in text.splitlines() for entry in line.split(",")]
    return [entry for entry in found if entry and not entry.startswith("#")]


def first_plain(text: str) -> str:
    """The first entry that is a key itself; empty where all are digests."""
    return next((entry for entry in entries(text) if "sha256:" not in entry), "")


def digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


def _key(entry: str, scope: Scope, number: int) -> Key:
    if found := _ENTRY.fullmatch(entry):
        hashed = bytes.fromhex(found["digest"])
        return Key(scope, found["name"] or _nameless(scope, number), hashed)
    if "sha256:" in entry:
        raise ConfigurationError(
            f"{VARIABLES[scope]}: entry {number} is not NAME:sha256:DIGEST with 64 hexadecimal "
            "figures; `eventsmith key` makes one"
        )
    return Key(scope, _nameless(scope, number), digest(entry))


def _nameless(scope: Scope, number: int) -> str:
    return str(scope) if number == 1 else f"{scope}-{number}"


def _distinct(keys: list[Key]) -> tuple[Key, ...]:
    scopes: dict[bytes, Scope] = {}
    for key in keys:
        if scopes.setdefault(key.digest, key.scope) is not key.scope:
            first, second = VARIABLES[scopes[key.digest]], VARIABLES[key.scope]
            raise ConfigurationError(f"{first} and {second} hold the same key; give each its own")
    return tuple(keys)


def _state(path: Path) -> _SEEN | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime, found.st_size
