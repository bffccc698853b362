"""Drafts as they lie in Redis, each read once: what was written there may be anything."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence

from pydantic import ValidationError

from serve.pool import PooledDraft

_KNOWN = 4096
"""Drafts kept read, some ten kilobytes each."""


class ReadDrafts:
    """A draft never changes: what was read once, or could not be, is not read again."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], PooledDraft | None] = OrderedDict()

    def unread(self, key: str, ids: Iterable[str]) -> list[str]:
        return [draft_id for draft_id in ids if (key, draft_id) not in self._known]

    def read(self, key: str, ids: Sequence[str], rows: Sequence[str | None]) -> None:
        """Takes up what lies under these ids; a row that is gone by now may come back."""
        for draft_id, row in zip(ids, rows, strict=True):
            if row is not None:
                draft = parsed(row, draft_id)
                self._known[key, draft_id] = draft if draft and draft.belongs(key) else None
        while len(self._known) > _KNOWN:
            self._known.popitem(last=False)

    def of(self, key: str, ids: Iterable[str]) -> list[PooledDraft]:
        """Those of these that are drafts of this key."""
        found = (self._known.get((key, draft_id)) for draft_id in ids)
        return [draft for draft in found if draft is not None]


def parsed(row: str | None, draft_id: str) -> PooledDraft | None:
    """The draft that a row holds, if it is the one with this id."""
    try:
        draft = PooledDraft.model_validate_json(row or "")
    except ValidationError:
        return None
    return draft if draft.draft_id == draft_id else None
