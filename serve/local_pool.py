"""The pool as one API replica sees it: a copy in process, and what each player has seen.

The copy is at most a second old, so a hit needs one store call, the claim. When the store is down,
frozen or full, the copy and a bounded memory of claims carry on, and nobody waits for it twice.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Sequence
from itertools import islice
from typing import Protocol

from serve import metrics
from serve.errors import StoreError
from serve.pool import PooledDraft
from serve.tally import Tally

_REFRESH_S = 1.0
_KEYS = 4096
_MEASURED = 500
_PLAYERS = 20_000


class PoolStore(Protocol):
    """The shared pool. Every call raises StoreError rather than wait longer than its timeout."""

    async def fetch(self, key: str) -> list[PooledDraft]:
        """All drafts of a key that are not past the hard TTL."""
        ...

    async def claim(self, player_id: str, stories: Sequence[str]) -> str | None:
        """The first of these the player has not seen, now marked as seen; None if all were."""
        ...


class LocalPool:
    """A replica's view of the pool; no method raises or blocks on a broken store."""

    def __init__(self, store: PoolStore, tally: Tally) -> None:
        self._store, self._tally = store, tally
        self._copies: OrderedDict[str, tuple[float, list[PooledDraft]]] = OrderedDict()
        self._seen: OrderedDict[str, set[str]] = OrderedDict()
        self._refreshing: dict[str, asyncio.Task[None]] = {}

    async def drafts(self, key: str) -> list[PooledDraft]:
        """The drafts of a key; waits for the store only where there is no copy yet."""
        copy = self._copies.get(key)
        if copy is None:
            await self._refresh(key)
            copy = self._copies.get(key)
        elif time.monotonic() - copy[0] > _REFRESH_S and key not in self._refreshing:
            task = asyncio.create_task(self._refresh(key))
            self._refreshing[key] = task
            task.add_done_callback(lambda _: self._refreshing.pop(key, None))
        return copy[1] if copy else []

    def add(self, draft: PooledDraft) -> None:
        """Takes up a draft that has just been written, ahead of the next refresh."""
        fetched, drafts = self._copies.get(draft.key, (time.monotonic(), []))
        if all(draft.draft_id != known.draft_id for known in drafts):
            self._keep(draft.key, fetched, [*drafts, draft])

    async def claim(self, player_id: str, stories: Sequence[str]) -> str | None:
        """The first of these stories that the player has not seen, marked as seen from now on."""
        try:
            claimed = await self._store.claim(player_id, stories)
        except StoreError:
            self._tally.count(metrics.STORE_ERRORS)
            seen = self._seen.get(player_id, frozenset[str]())
            claimed = next((story for story in stories if story not in seen), None)
        if claimed is not None:
            self._remember(player_id, claimed)
        return claimed

    def measure(self, ttl_s: float, hard_ttl_s: float) -> None:
        """Sets the gauges of the keys in use, at most the 500 used last: it takes milliseconds."""
        now = time.time()
        keys = islice(reversed(self._copies.values()), _MEASURED)
        ages = [
            [age for draft in drafts if (age := draft.age(now)) < hard_ttl_s] for _, drafts in keys
        ]
        fresh = sum(age < ttl_s for each in ages for age in each)
        self._tally.set(metrics.POOL_KEYS, sum(bool(each) for each in ages))
        self._tally.set(metrics.POOL_DRAFTS, fresh, "fresh")
        self._tally.set(metrics.POOL_DRAFTS, sum(map(len, ages)) - fresh, "stale")

    async def _refresh(self, key: str) -> None:
        try:
            fetched = await self._store.fetch(key)
            sound = [draft for draft in fetched if draft.belongs(key)]
            self._keep(key, time.monotonic(), sound)
        except StoreError:
            self._tally.count(metrics.STORE_ERRORS)
            if key in self._copies:  # what there is stays good until its hard TTL
                self._keep(key, time.monotonic(), self._copies[key][1])

    def _keep(self, key: str, fetched: float, drafts: list[PooledDraft]) -> None:
        self._copies[key] = fetched, drafts
        self._copies.move_to_end(key)
        while len(self._copies) > _KEYS:
            self._copies.popitem(last=False)

    def _remember(self, player_id: str, story: str) -> None:
        self._seen.setdefault(player_id, set()).add(story)
        self._seen.move_to_end(player_id)
        while len(self._seen) > _PLAYERS:
            self._seen.popitem(last=False)
