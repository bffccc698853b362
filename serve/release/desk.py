"""What may be done to a roll-out, by operators and by its controller alike."""

import time
from collections.abc import Awaitable, Callable

from serve.release.assessment import Assessment, Counted, assess, of_arms
from serve.release.board import RolloutBoard
from serve.release.flags import FlagBoard
from serve.release.rollout import NotAllowed, Rollout, Subject
from serve.settings import RolloutConfig


class RolloutDesk:
    """Every change is audited, and told to people. All raise StoreError; what had been done until then
    leaves players with what is current."""

    def __init__(
        self,
        config: RolloutConfig,
        board: RolloutBoard,
        flags: FlagBoard,
        flag: str,
        counted: Callable[[], Awaitable[Counted]],
        told: Callable[[str], Awaitable[None]],
        now: Callable[[], float] = time.time,
    ) -> None:
        """`flag` is the one that `llm-events` rolls out, `told` hands a sentence to people."""
        self._config, self.board, self._flags, self._flag = config, board, flags, flag
        self._counted, self._told, self._now = counted, told, now

    async def start(self, subject: Subject, *, actor: str, reason: str) -> Rollout:
        """Raises NotAllowed while another one is under way or without a candidate, StoreError."""
        if subject == "candidate" and not self.board.candidate:
            raise NotAllowed(
                "no candidate is deployed; name one under `candidate` in the configuration"
            )
        counted = await self._counted()

        def begin(standing: Rollout | None) -> Rollout:
            if standing and standing.live:
                raise NotAllowed(f"{standing.subject} is being rolled out; finish that first")
            return Rollout.start(
                subject,
                self.board.candidate if subject == "candidate" else "",
                self._config.stages,
                of_arms(counted.lifetime),
                now=self._now(),
                actor=actor,
                reason=reason,
            )

        rollout = await self.board.change(begin, "started")
        if subject == "llm-events":  # after the roll-out: before it, for everybody
            await self._flags.set(self._flag, True, actor=actor, reason=f"roll-out {rollout.id}")
        await self._told(_said(rollout, "시작 · started"))
        return rollout

    async def advance(self, *, actor: str, reason: str, seen: Rollout | None = None) -> Rollout:
        """To the next stage, whatever the figures say; from none but `seen` where that is given.

        Raises NotAllowed, StoreError.
        """
        baseline, now = of_arms((await self._counted()).lifetime), self._now()
        rollout = await self.board.change(
            lambda standing: _some(standing, seen).advanced(
                baseline, now=now, actor=actor, reason=reason
            ),
            "advanced",
        )
        await self._told(_said(rollout, "다음 단계 · advanced"))
        return rollout

    async def hold(self, *, actor: str, reason: str) -> Rollout:
        """Raises NotAllowed, StoreError."""
        return await self.board.change(
            lambda standing: _some(standing).held(actor=actor, reason=reason), "held"
        )

    async def resume(self, *, actor: str, reason: str) -> Rollout:
        """Raises NotAllowed, StoreError."""
        return await self.board.change(
            lambda standing: _some(standing).resumed(actor=actor, reason=reason), "resumed"
        )

    async def roll_back(self, *, actor: str, reason: str, seen: Rollout | None = None) -> Rollout:
        """Back to what is current, for every player. Raises NotAllowed, StoreError."""
        now = self._now()

        def back(standing: Rollout | None) -> Rollout:
            return _some(standing, seen).rolled_back(now=now, actor=actor, reason=reason)

        if back(await self.board.refresh()).subject == "llm-events":
            # Before the roll-out: after it, the flag alone decides, for everybody.
            await self._flags.set(self._flag, False, actor=actor, reason=f"roll-back: {reason}")
        rollout = await self.board.change(back, "rolled_back")
        await self._told(_said(rollout, "되돌림 · rolled back"))
        return rollout

    async def remind(self, seen: Rollout, *, actor: str) -> None:
        """Tells people, once a stage, that it would be time but nothing is proved."""
        change = {"reminded": True, "changed_by": actor, "reason": "inconclusive"}
        rollout = await self.board.change(
            lambda standing: _some(standing, seen).model_copy(update=change), "reminded"
        )
        await self._told(_said(rollout, "판단 보류 · it stays at its stage"))

    async def assess(self, rollout: Rollout) -> Assessment:
        """What is known of a roll-out now."""
        return assess(rollout, await self._counted(), self._config, self._now())


def _some(rollout: Rollout | None, seen: Rollout | None = None) -> Rollout:
    """The one that stands, which must be the one that was `seen` where that is given."""
    if rollout is None:
        raise NotAllowed("there is no roll-out; `start` one")
    if seen not in (None, rollout):
        raise NotAllowed("the roll-out is not what it was; look at it again")
    return rollout


def _said(rollout: Rollout, what: str) -> str:
    return (
        f"롤아웃 · roll-out `{rollout.subject}` {what}: {rollout.share:.0%}, "
        f"by {rollout.changed_by}. {rollout.reason}"
    )
