"""Watches a roll-out: advances what is proved good, rolls back what is proved bad, holds otherwise.

One controller of the cluster acts, the one with the lease. It needs Redis and nothing else: the arms'
counters lie there, so Prometheus may be down.
"""

from contextlib import suppress
from typing import Protocol
from uuid import uuid4

from serve.errors import StoreError
from serve.release.arms import Verdict
from serve.release.desk import RolloutDesk
from serve.release.rollout import NotAllowed, Rollout, Status

_LEASE_S = 30.0
"""A dead controller is succeeded after that long."""
_ACTOR = "controller"


class Lease(Protocol):
    """Raises StoreError when Redis is away."""

    async def acquire(self, lease: str, owner: str, seconds: float) -> bool: ...


class Controller:
    """Looks every few seconds; no call raises."""

    def __init__(self, desk: RolloutDesk, lease: Lease) -> None:
        self._desk, self._lease, self._owner = desk, lease, uuid4().hex

    async def watch(self) -> None:
        """One look, and what follows from it; nothing does while Redis is away."""
        with suppress(StoreError, NotAllowed):
            rollout = await self._desk.board.refresh()
            if rollout is None or not rollout.live:
                return
            if await self._lease.acquire("rollout", self._owner, _LEASE_S):
                await self._act(rollout)

    async def _act(self, rollout: Rollout) -> None:
        if rollout.subject == "candidate" and rollout.candidate != self._desk.board.candidate:
            await self._desk.roll_back(actor=_ACTOR, reason="the candidate is gone", seen=rollout)
            return
        assessment = await self._desk.assess(rollout)
        if assessment.verdict is Verdict.BREACH:
            await self._desk.roll_back(actor=_ACTOR, reason=assessment.breach, seen=rollout)
        elif assessment.due and rollout.status is Status.RUNNING:
            if assessment.verdict is Verdict.HEALTHY:
                reason = "every figure is within its limits"
                await self._desk.advance(actor=_ACTOR, reason=reason, seen=rollout)
            elif not rollout.reminded:
                await self._desk.remind(rollout, actor=_ACTOR)
