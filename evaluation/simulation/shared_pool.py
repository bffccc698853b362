"""The pool that Redis keeps, by the same rules (`serve/adapters/redis_store.py`), in this process."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from serve.pool import PooledDraft
from serve.settings import PoolConfig


class SharedPool:
    """Drafts by key and stories by player; `now` tells the seconds by which they age.

    It is the pool of the one replica there is, and the store of its writer: the copy that a replica
    keeps, a second old at the most, makes no difference to players who come every few minutes.
    """

    def __init__(self, config: PoolConfig, now: Callable[[], float]) -> None:
        self._config, self._now = config, now
        self._drafts: defaultdict[str, list[PooledDraft]] = defaultdict(list)
        self._seen: dict[str, tuple[float, set[str]]] = {}
        self._leases: dict[str, tuple[str, float]] = {}

    async def fetch(self, key: str) -> list[PooledDraft]:
        """All drafts of a key within the hard TTL."""
        return self._within(key)

    async def drafts(self, key: str) -> list[PooledDraft]:
        return self._within(key)

    def add(self, draft: PooledDraft) -> None:
        """Nothing: its writer has put it here already."""

    async def put(self, draft: PooledDraft) -> None:
        """Adds a draft to its key and drops the oldest past the key's size."""
        drafts = sorted((*self._within(draft.key), draft), key=lambda one: one.created_at)
        self._drafts[draft.key] = drafts[-self._config.largest :]

    async def claim(self, player_id: str, stories: Sequence[str]) -> str | None:
        """The first of these the player has not seen, now marked as seen; None if all were."""
        until, seen = self._seen.get(player_id, (0.0, set[str]()))
        if until <= self._now():
            seen = set[str]()
        for story in stories:
            if story not in seen:
                seen.add(story)
                self._seen[player_id] = self._now() + self._config.seen_ttl_s, seen
                return story
        return None

    async def acquire(self, lease: str, owner: str, seconds: float) -> bool:
        """Takes or renews a lease; False while somebody else holds it."""
        holder, until = self._leases.get(lease, (owner, 0.0))
        if holder != owner and until > self._now():
            return False
        self._leases[lease] = owner, self._now() + seconds
        return True

    async def release(self, lease: str, owner: str) -> None:
        if self._leases.get(lease, ("", 0.0))[0] == owner:
            del self._leases[lease]

    def _within(self, key: str) -> list[PooledDraft]:
        now = self._now()
        return [one for one in self._drafts[key] if one.age(now) < self._config.hard_ttl_s]
