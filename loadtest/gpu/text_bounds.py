"""Drafts of realistic length from random weights.

Random weights hardly ever choose to end a text, so under the schema every text runs to the most
characters it may have. Here those bounds are lowered, all by the same share, until a draft is about
as long as asked for: how many tokens a draft has grows evenly with the share, so two measurements
tell the third.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

_LENGTHS = re.compile(r"\{(\d+),(\d+)\}\$$")
TRIED = (0.1, 0.5)
"""The shares that are measured."""
_LEAST, _MOST = 0.01, 1.0


class Tried(NamedTuple):
    """What a share led to."""

    share: float
    tokens: float
    """Of a draft, on average."""


def narrowed(schema: Mapping[str, Any], share: float) -> dict[str, Any]:
    """The same schema, texts of at most this share of their most characters, and at least 1."""
    return {name: _narrowed(name, value, share) for name, value in schema.items()}


def share_for(tokens: float, low: Tried, high: Tried) -> float:
    """The share at which a draft has so many tokens; the nearest possible where none does."""
    if high.tokens <= low.tokens:
        return _MOST  # no text was long enough to be cut
    slope = (high.share - low.share) / (high.tokens - low.tokens)
    return min(max(low.share + slope * (tokens - low.tokens), _LEAST), _MOST)


def _narrowed(name: str, value: Any, share: float) -> Any:
    if name == "pattern":
        return _LENGTHS.sub(lambda found: _bounds(found, share), value)
    return narrowed(value, share) if isinstance(value, Mapping) else value


def _bounds(found: re.Match[str], share: float) -> str:
    low, high = (int(number) for number in found.groups())
    most = max(1, round(high * share))
    return f"{{{min(low, most)},{most}}}$"
