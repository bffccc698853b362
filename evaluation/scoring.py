"""Scores events from anywhere: the rules and the rubric on JSON in the wire format."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic import ValidationError

from serve.domain.balance import BalancePolicy
from serve.domain.event import GameEvent
from serve.domain.infrastructure import mentioned
from serve.domain.rules import violations
from serve.domain.state import GameState, Locale
from serve.domain.violation import Violation
from serve.errors import ConfigurationError
from serve.quality import DIMENSIONS, Quality, Verdict, score

_ORDINARY = {"currentTurn": 8, "cash": 60_000_000, "users": 1500, "trust": 55}
"""The company an event without a `gameState` is judged for; it owns whatever the event names."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One event, judged."""

    index: int
    title: str
    violations: tuple[Violation, ...]
    quality: Quality

    @property
    def verdict(self) -> Verdict:
        """A broken rule discards an event whatever its points."""
        return Verdict.DISCARD if self.violations else self.quality.verdict

    def as_json(self) -> dict[str, Any]:
        quality = self.quality
        points = {name: getattr(quality, name) for name in DIMENSIONS}
        return {
            "index": self.index,
            "violations": [violation._asdict() for violation in self.violations],
            "quality": points | {"total": quality.total},
            "verdict": self.verdict.value,
        }


@dataclass(frozen=True, slots=True)
class Malformed:
    """An item that is no event; the others are judged all the same."""

    index: int
    reason: str

    def as_json(self) -> dict[str, Any]:
        return {"index": self.index, "error": self.reason}


class Case(NamedTuple):
    """One item of the file, ready to be judged."""

    number: int
    """Its place in the file, from 0."""
    event: GameEvent
    state: GameState
    locale: Locale


def read_items(text: str) -> list[Any]:
    """The items of a JSON array, a single object, or JSON Lines; a line that is no JSON stays text.

    Raises ConfigurationError when there is nothing at all.
    """
    stripped = text.strip()
    if not stripped:
        raise ConfigurationError("the file is empty; it should hold events as JSON or JSON Lines")
    try:
        whole = json.loads(stripped)
    except json.JSONDecodeError:
        return [_line(line) for line in stripped.splitlines() if line.strip()]
    return whole if isinstance(whole, list) else [whole]


def judge(items: list[Any], policy: BalancePolicy) -> Iterator[Scored | Malformed]:
    """Every item judged, in order."""
    for index, item in enumerate(items):
        case = read_case(index, item)
        yield case if isinstance(case, Malformed) else _scored(case, policy)


def read_case(index: int, item: Any) -> Case | Malformed:
    """The event with its own `gameState`, or an ordinary company's that the event fits."""
    try:
        return _case(index, item)
    except (ValidationError, TypeError, ValueError) as error:
        return Malformed(index, _reason(error))


def _case(index: int, item: Any) -> Case:
    if not isinstance(item, dict):
        raise TypeError("is not a JSON object")
    event = GameEvent.model_validate({"eventId": f"item-{index}"} | item)
    state = GameState.model_validate(item.get("gameState") or _state_for(event))
    locale = Locale.KO if any("가" <= letter <= "힣" for letter in event.description) else Locale.EN
    return Case(index, event, state, locale)


def _scored(case: Case, policy: BalancePolicy) -> Scored:
    index, event, state, locale = case
    quality = score(event, state, policy, locale)
    return Scored(index, event.title, violations(event, state, policy, locale), quality)


def _state_for(event: GameEvent) -> dict[str, Any]:
    offered = {name for choice in event.choices for name in choice.effects.add_infrastructure}
    named = {name for _, text in event.texts() for name in mentioned(text)}
    removed = {name for choice in event.choices for name in choice.effects.remove_infrastructure}
    return _ORDINARY | {"infrastructure": sorted((named - offered) | removed)}


def _line(line: str) -> Any:
    try:
        return json.loads(line)
    except json.JSONDecodeError:
        return line


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    return str(error)
