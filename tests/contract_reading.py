"""The contract of the event call, read from docs/api.md by hand: no part of the platform is used here."""

import json
import re
from collections.abc import Callable
from typing import Any

_TYPES = {
    "MARKET_OPPORTUNITY", "COMPETITOR_ACTION", "INFRASTRUCTURE_CRISIS", "TEAM_EVENT",
    "FUNDING_OPPORTUNITY",
}  # fmt: skip
_ID = re.compile(r"[A-Za-z0-9_.:@-]{1,64}")


def is_valid(body: bytes) -> bool:
    """Whether the event call has to answer this body with an event."""
    request = _read(body)
    if not isinstance(request, dict):
        return False
    needed = "playerId" in request and "gameState" in request
    return needed and all(
        name not in request or fits(request[name]) for name, fits in _CALL.items()
    )


def _read(body: bytes) -> Any:
    """The JSON in it; None for what is none. The last of two equal names counts."""
    try:
        text = body.decode("utf-8")
        if text.startswith("\ufeff") or re.search(r"[\ud800-\udfff]", text):
            return None
        read = json.loads(text)
        json.dumps(read, ensure_ascii=False).encode("utf-8")  # half a surrogate pair is no text
    except (ValueError, RecursionError):
        return None
    return read


def _whole(least: int, most: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and least <= value <= most


def _text(most: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and len(value) <= most


def _one_of(*values: str | None) -> Callable[[Any], bool]:
    return lambda value: any(value is one or value == one for one in values)


def _id(value: Any) -> bool:
    return isinstance(value, str) and bool(_ID.fullmatch(value))


def _names(value: Any) -> bool:
    if not isinstance(value, list) or len(value) > 40:
        return False
    return all(isinstance(name, str) and 1 <= len(name) <= 40 for name in value)


def _state(value: Any) -> bool:
    if not isinstance(value, dict) or not {"currentTurn", "cash", "users", "trust"} <= set(value):
        return False
    return all(name not in value or fits(value[name]) for name, fits in _STATE.items())


def _context(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= 500
    if not isinstance(value, dict):
        return False
    return all(name not in value or fits(value[name]) for name, fits in _CONTEXT.items())


def _or_null(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or fits(value)


_STATE: dict[str, Callable[[Any], bool]] = {
    "currentTurn": _whole(1, 30),
    "difficulty": _one_of("EASY", "NORMAL", "HARD"),
    "cash": _whole(-(10**13), 10**13),
    "users": _whole(0, 10**10),
    "trust": _whole(0, 100),
    "infrastructure": _names,
}
_CONTEXT: dict[str, Callable[[Any], bool]] = {
    "eventType": _one_of(*_TYPES, None),
    "note": _text(500),
}
_CALL: dict[str, Callable[[Any], bool]] = {
    "playerId": _id,
    "gameId": _or_null(_id),
    "gameState": _state,
    "eventContext": _context,
    "locale": _one_of("ko", "en"),
    "deadlineMs": _or_null(_whole(100, 30_000)),
}
