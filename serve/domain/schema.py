"""The one JSON schema every completion is constrained to, compiled once by the engine.

Fields the platform knows already (type, stage, infrastructure owned) are not asked for. Strings use
a positive character class: xgrammar admits raw control characters under `maxLength` alone.
"""

import re
from typing import Any

from serve.domain.event import Severity
from serve.domain.state import CANONICAL_INFRASTRUCTURE

_CHARACTERS = "가-힣A-Za-z0-9 .,'!?()~%:/&+·-"


def _text(low: int, high: int) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^[{_CHARACTERS}]{{{low},{high}}}$"}


_LEVEL = {"type": "integer", "enum": [-3, -2, -1, 0, 1, 2, 3]}
_NAMES = {
    "type": "array",
    "items": {"type": "string", "enum": list(CANONICAL_INFRASTRUCTURE)},
    "minItems": 1,
    "maxItems": 1,
}
_CHOICE = {
    "type": "object",
    "properties": {
        "text": _text(5, 100),
        "cash": _LEVEL,
        "users": _LEVEL,
        "trust": _LEVEL,
        "add": _NAMES,
        "remove": _NAMES,
        "result": _text(10, 110),
    },
    "required": ["text", "cash", "users", "trust", "result"],
    "additionalProperties": False,
}
DRAFT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "severity": {"type": "string", "enum": [severity.value for severity in Severity]},
        "title": _text(4, 40),
        "description": _text(40, 220),
        "choices": {"type": "array", "items": _CHOICE, "minItems": 2, "maxItems": 4},
    },
    "required": ["severity", "title", "description", "choices"],
    "additionalProperties": False,
}

WRITABLE = re.compile(f"[{_CHARACTERS}]*")
"""Matches whole the texts a constrained completion can contain."""
