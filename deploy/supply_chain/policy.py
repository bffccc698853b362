"""What is accepted, and why: licences.toml and advisories.toml, where every exception has its reason."""

import tomllib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Licence:
    """Of a package whose own licence is not on the list, or not told in a form that can be read."""

    package: str
    licence: str
    reason: str


@dataclass(frozen=True)
class LicencePolicy:
    """Which licences anybody may bring, and which packages bring others."""

    allowed: frozenset[str]
    named: dict[str, Licence] = field(default_factory=dict[str, Licence])


@dataclass(frozen=True)
class Advisory:
    """One that does not concern us, until a day by which somebody has to look again."""

    id: str
    package: str
    reason: str
    reviewed: date
    expires: date


def licences(path: Path = _FOLDER / "licences.toml") -> LicencePolicy:
    table = _read(path)
    named = [Licence(**entry) for entry in table.get("package", [])]
    _reasoned(named)
    return LicencePolicy(frozenset(table["allowed"]), {one.package: one for one in named})


def advisories(path: Path = _FOLDER / "advisories.toml") -> list[Advisory]:
    accepted = [Advisory(**entry) for entry in _read(path).get("advisory", [])]
    _reasoned(accepted)
    return accepted


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


def _reasoned(entries: list[Licence] | list[Advisory]) -> None:
    for entry in entries:
        if not entry.reason.strip():
            raise ValueError(f"{entry.package}: an exception needs a reason")
