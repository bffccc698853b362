"""The roll-out as this replica last read it: shared through Redis, changed by one hand at a time."""

import logging
import time
from collections.abc import Callable
from typing import NamedTuple, Protocol

from pydantic import ValidationError

from serve import metrics
from serve.errors import StoreError
from serve.release.arms import CANDIDATE, CURRENT
from serve.release.audit import AuditStore, AuditTrail
from serve.release.rollout import NotAllowed, Rollout, Status
from serve.tally import Tally

_NAME = "rollout"

_log = logging.getLogger(__name__)


class RolloutStore(AuditStore, Protocol):
    async def recall(self, name: str) -> str | None: ...
    async def swap(self, name: str, old: str | None, new: str) -> bool:
        """Writes a value unless it is no longer `old`; whether it was written."""
        ...


class Standing(NamedTuple):
    """What a player has."""

    events: bool
    """Whether events of the model; else hand-written ones."""
    variant: str
    """Whose: `current` or `candidate`."""
    arm: str
    """Under which name they are counted; empty where nothing is compared."""


ORDINARY = Standing(True, CURRENT, "")
"""Of everybody while nothing is rolled out."""
_NEW = Standing(True, CANDIDATE, "")


class RolloutBoard:
    """Read without waiting; the last known state holds while Redis is away."""

    def __init__(
        self,
        store: RolloutStore,
        tally: Tally,
        candidate: str = "",
        now: Callable[[], float] = time.time,
    ) -> None:
        """`candidate`: prompt version and model of the candidate that is deployed; empty: none is."""
        self._store, self._tally, self._now = store, tally, now
        self.candidate, self.trail = candidate, AuditTrail(store)
        self.rollout: Rollout | None = None

    def standing(self, player_id: str) -> Standing:
        """Of one player, now."""
        rollout = self.rollout
        if rollout is None or rollout.status is Status.ROLLED_BACK:
            return ORDINARY
        if rollout.subject == "candidate":
            return self._of_candidate(rollout, player_id)
        if not rollout.live:
            return ORDINARY  # completed: the flag alone decides
        taken = rollout.takes(player_id)
        return Standing(taken, CURRENT, CANDIDATE if taken else CURRENT)

    def _of_candidate(self, rollout: Rollout, player_id: str) -> Standing:
        if rollout.candidate != self.candidate:
            return ORDINARY  # it is not deployed, or another one is
        if not rollout.live:
            return _NEW
        arm = CANDIDATE if rollout.takes(player_id) else CURRENT
        return Standing(True, arm, arm)

    async def refresh(self) -> Rollout | None:
        """What stands in Redis. Raises StoreError; then everything stays as it was."""
        row = await self._store.recall(_NAME)
        self.rollout = _parsed(row)
        return self.rollout

    async def follow(self) -> None:
        """Keeps up with changes made elsewhere; a store in trouble is tried again next time."""
        try:
            await self.refresh()
        except StoreError:
            return

    async def change(self, change: Callable[[Rollout | None], Rollout], told: str) -> Rollout:
        """Applies a change to what stands in Redis, unless somebody else changes it meanwhile.

        Raises StoreError (nothing changed), or NotAllowed when the change does not apply or came
        second.
        """
        row = await self._store.recall(_NAME)
        changed = change(_parsed(row))
        if not await self._store.swap(_NAME, row, changed.model_dump_json()):
            raise NotAllowed(
                "somebody else changed the roll-out at the same time; look at it again"
            )
        self.rollout = changed
        self._tally.count(metrics.ROLLOUT_CHANGES, told)
        _log.warning("roll-out of %s %s, by %s", changed.subject, told, changed.changed_by)
        await self.trail.write(
            f"rollout:{changed.subject}",
            f"{told} {changed.share:.0%}",
            actor=changed.changed_by,
            reason=changed.reason,
        )
        return changed

    def measure(self) -> None:
        """Sets the gauges of the roll-out."""
        live = self.rollout if self.rollout and self.rollout.live else None
        self._tally.set(metrics.CANARY_AGE, self._now() - live.since if live else 0.0)
        self._tally.set(metrics.CANARY_SHARE, live.share if live else 0.0)


def _parsed(row: str | None) -> Rollout | None:
    """None also for what cannot be read: players then have what is current."""
    if row is None:
        return None
    try:
        return Rollout.model_validate_json(row)
    except ValidationError:
        _log.error("the roll-out in Redis cannot be read; treated as none")
        return None
