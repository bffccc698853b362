"""Which drafts tell one story: a player who has seen one has seen them all.

Drafts of different keys, and of one key at different times, often retell a story in other words. Each
draft is named after the first one it resembles, and players' claims go by that name, so that a hit
pays nothing for it (`docs/decisions/0010-novelty.md`).
"""

from collections import OrderedDict
from collections.abc import Iterable
from typing import NamedTuple

from serve.domain.event import EventDraft
from serve.domain.state import Locale
from serve.pool import PooledDraft
from serve.quality.meaning.heads import Floats
from serve.quality.meaning.kinship import spread, weighed
from serve.quality.meaning.pieces import Places

SAME = 0.4
"""Cosine from which two drafts tell one story: no two stories of the corpus reach it."""
_KNOWN = 2000
"""Drafts compared with, a few kilobytes and two microseconds each."""


class _Told(NamedTuple):
    story: str
    locale: Locale
    vector: tuple[Places, Floats]


class Stories:
    """The stories a writer has met lately."""

    def __init__(self) -> None:
        self._told: OrderedDict[str, _Told] = OrderedDict()

    def meet(self, drafts: Iterable[PooledDraft]) -> None:
        """Takes up drafts that others have named."""
        for draft in drafts:
            if draft.draft_id not in self._told:
                vector = weighed(_whole(draft.draft), draft.locale)
                self._keep(draft.draft_id, _Told(draft.story, draft.locale, vector))

    def name(self, draft: PooledDraft) -> str:
        """The story a new draft tells: that of the draft it resembles most, or its own."""
        vector = weighed(_whole(draft.draft), draft.locale)
        dense = spread(vector)
        alike = max(
            (
                (float(dense[told.vector[0]] @ told.vector[1]), told.story)
                for told in self._told.values()
                if told.locale is draft.locale
            ),
            default=(0.0, ""),
        )
        story = alike[1] if alike[0] >= SAME else draft.draft_id
        self._keep(draft.draft_id, _Told(story, draft.locale, vector))
        return story

    def _keep(self, draft_id: str, told: _Told) -> None:
        self._told[draft_id] = told
        while len(self._told) > _KNOWN:
            self._told.popitem(last=False)


def _whole(draft: EventDraft) -> str:
    return " ".join(text for _, text in draft.texts())
