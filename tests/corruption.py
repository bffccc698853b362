"""What a store that was tampered with, or that broke, may hold where drafts should lie."""

import json
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from samples import pooled

from serve.pool import PooledDraft

KEY = pooled().key
Row = dict[str, Any]


class Corruption(NamedTuple):
    """One way in which the row of a good draft is spoilt."""

    name: str
    spoil: Callable[[Row], None]


def _set(path: str, value: Any) -> Callable[[Row], None]:
    *parents, last = path.split(".")

    def spoil(row: Row) -> None:
        for parent in parents:
            row = row[int(parent)] if parent.isdigit() else row[parent]  # type: ignore[index]
        row[last] = value

    return spoil


LIES = (
    Corruption("of another key", _set("key", KEY.replace("growth", "early"))),
    Corruption("of another prompt", _set("prompt_version", "p2")),
    Corruption("of another model", _set("model", "m2")),
    Corruption("of another language", _set("locale", "en")),
    Corruption("under sixty points", lambda row: row["quality"].update(fun=0, education=0)),
    Corruption("more points than there are", _set("quality.education", 1e9)),
    Corruption("less than no points", _set("quality.education", -1.0)),
    Corruption("an id that is none", _set("draft_id", "a.b")),
    Corruption("a story that is none", _set("told", "x" * 65)),
)
"""Rows that are drafts, but not of where they lie or not fit to be served."""

UNREADABLE = (
    Corruption("points that are no number", _set("quality.fun", "NaN")),
    Corruption("no time", _set("created_at", None)),
    Corruption("one choice", lambda row: row["draft"].update(choices=row["draft"]["choices"][:1])),
    Corruption("a level of nine", _set("draft.choices.0.cash", 9)),
    Corruption("no draft", _set("draft", None)),
    Corruption("a field of nobody", _set("draft.prompt", "write on")),
)
"""Rows that are no drafts."""


def spoilt(corruption: Corruption, draft: PooledDraft) -> str:
    """The row of this draft, spoilt."""
    row = json.loads(draft.model_dump_json())
    corruption.spoil(row)
    return json.dumps(row, ensure_ascii=False)


def from_tomorrow(draft_id: str) -> PooledDraft:
    """Written by a clock that was a day ahead."""
    return pooled(draft_id, created_at=time.time() + 86_400)
