"""The JSON schema every completion is constrained to: one for each order's language and infrastructure.

What the platform knows already is not asked for (type, stage) or pinned (the rest); an engine
compiles the few hundred schemas there can be as they come up, 25 ms each, and keeps them. Strings
use a positive character class: xgrammar admits raw control characters under `maxLength` alone.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from serve.domain.event import EventDraft, Severity
from serve.domain.state import Locale

_CHARACTERS = "A-Za-z0-9 .,'!?()~%:/&+·-"
_WRITES = {Locale.KO: f"가-힣{_CHARACTERS}", Locale.EN: _CHARACTERS}

LENGTHS = {"title": (4, 40), "description": (40, 220), "text": (5, 100), "result": (10, 140)}
"""Least and most characters of each text a constrained completion may have."""


def _text(field: str, locale: Locale) -> dict[str, Any]:
    low, high = LENGTHS[field]
    return {"type": "string", "pattern": f"^[{_WRITES[locale]}]{{{low},{high}}}$"}


_LEVEL = {"type": "integer", "enum": [-3, -2, -1, 0, 1, 2, 3]}


@cache
def draft_schema(
    locale: Locale, uses: str | None = None, offers: str | None = None
) -> dict[str, Any]:
    """What a draft for this order may be: no Hangul in English, a choice brings in only what is
    offered and gives up only what is used. One object an order, never to be changed."""
    lists = {"add": offers, "remove": uses}
    choice = {
        "text": _text("text", locale),
        "cash": _LEVEL,
        "users": _LEVEL,
        "trust": _LEVEL,
        **{verb: _only(name) for verb, name in lists.items() if name},
        "result": _text("result", locale),
    }
    choices = _object(choice, required=("text", "cash", "users", "trust", "result"))
    draft = {
        "severity": {"type": "string", "enum": [severity.value for severity in Severity]},
        "title": _text("title", locale),
        "description": _text("description", locale),
        "choices": {"type": "array", "items": choices, "minItems": 2, "maxItems": 4},
    }
    return _object(draft, required=tuple(draft))


def _only(name: str) -> dict[str, Any]:
    items = {"type": "string", "enum": [name]}
    return {"type": "array", "items": items, "minItems": 1, "maxItems": 1}


def _object(properties: dict[str, Any], required: tuple[str, ...]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


_WRITABLE = re.compile(f"[{_WRITES[Locale.KO]}]*")


def unwritable(draft: EventDraft) -> Iterator[tuple[str, str]]:
    """(field, why) of every text that no constrained completion could contain."""
    for field, text in draft.texts():
        low, high = LENGTHS[field.rsplit(".", 1)[-1].replace("resultText", "result")]
        if not low <= len(text) <= high:
            yield field, f"has {len(text)} characters, not {low} to {high}: {text}"
        if _WRITABLE.fullmatch(text) is None:
            odd = "".join(sorted({c for c in text if _WRITABLE.fullmatch(c) is None}))
            yield field, f"has characters the schema cannot write: {odd!r}"
