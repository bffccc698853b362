"""A roll-out: which players have what is new, stage by stage, and what may happen to it next.

Pure: every change returns a new `Rollout`, given the time. What is new is either the events of the
model themselves (`llm-events`, the rest of the players get hand-written ones) or a candidate prompt or
model (`candidate`, the rest get the current one's).
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal, Self
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, model_validator

from serve.errors import EventsmithError
from serve.pool import lot

Subject = Literal["llm-events", "candidate"]


class Status(StrEnum):
    RUNNING = "running"
    HELD = "held"
    COMPLETED = "completed"
    ROLLED_BACK = "rolled_back"


class NotAllowed(EventsmithError):
    """The roll-out is not in a state for that; the message says what to do instead."""


class Rollout(BaseModel):
    """One roll-out as it stands."""

    model_config = ConfigDict(frozen=True)

    id: str
    """Draws the lots: another roll-out begins with other players."""
    subject: Subject
    candidate: str = ""
    """Prompt version and model of the candidate; empty for `llm-events`."""
    stages: tuple[Annotated[float, Field(gt=0, le=100)], ...]
    """Percent of players."""
    stage: int = Field(default=0, ge=0)
    status: Status = Status.RUNNING
    started: FiniteFloat
    since: FiniteFloat
    """Unix time at which the present stage, or the end, began."""
    changed_by: str
    reason: str = ""
    baseline: dict[str, FiniteFloat] = {}
    """What the arms' counters stood at when the stage began."""
    reminded: bool = False
    """Whether people were told that this stage lasts longer than it should."""

    @model_validator(mode="after")
    def _at_a_stage(self) -> Self:
        if self.stage >= len(self.stages):
            raise ValueError("stage: there is no such stage")
        return self

    @classmethod
    def start(
        cls,
        subject: Subject,
        candidate: str,
        stages: tuple[float, ...],
        baseline: Mapping[str, float],
        *,
        now: float,
        actor: str,
        reason: str,
    ) -> "Rollout":
        return cls(
            id=uuid4().hex[:8],
            subject=subject,
            candidate=candidate,
            stages=stages,
            started=now,
            since=now,
            changed_by=actor,
            reason=reason,
            baseline=dict(baseline),
        )

    @property
    def live(self) -> bool:
        """Whether the arms are still being compared."""
        return self.status in (Status.RUNNING, Status.HELD)

    @property
    def share(self) -> float:
        """Of all players in the candidate arm, 0..1."""
        if self.status is Status.ROLLED_BACK:
            return 0.0
        return 1.0 if self.status is Status.COMPLETED else self.stages[self.stage] / 100

    def takes(self, player_id: str) -> bool:
        """Whether a player is in the candidate arm: always the same answer, and kept as it widens."""
        return self.share >= 1 or lot(f"{self.id}|{player_id}") < self.share

    def advanced(
        self, baseline: Mapping[str, float], *, now: float, actor: str, reason: str
    ) -> "Rollout":
        """The next stage; after the last one it is completed. Raises NotAllowed."""
        self._must_be_live("advance")
        if self.stage + 1 == len(self.stages):
            return self._become(Status.COMPLETED, now=now, actor=actor, reason=reason)
        moved = self._become(Status.RUNNING, now=now, actor=actor, reason=reason)
        update = {"stage": self.stage + 1, "baseline": dict(baseline), "reminded": False}
        return moved.model_copy(update=update)

    def held(self, *, actor: str, reason: str) -> "Rollout":
        """It stays at its stage until a person resumes it; a breach still rolls it back."""
        self._must_be_live("hold")
        return self._become(Status.HELD, now=self.since, actor=actor, reason=reason)

    def resumed(self, *, actor: str, reason: str) -> "Rollout":
        """Raises NotAllowed unless it is held."""
        if self.status is not Status.HELD:
            raise NotAllowed("nothing is held; `status` shows how it stands")
        return self._become(Status.RUNNING, now=self.since, actor=actor, reason=reason)

    def rolled_back(self, *, now: float, actor: str, reason: str) -> "Rollout":
        """Nobody has the candidate any more, also after it was completed. Raises NotAllowed."""
        if self.status is Status.ROLLED_BACK:
            raise NotAllowed("it has been rolled back already")
        return self._become(Status.ROLLED_BACK, now=now, actor=actor, reason=reason)

    def _must_be_live(self, action: str) -> None:
        if not self.live:
            raise NotAllowed(
                f"nothing to {action}: the last roll-out is {self.status}; `start` one"
            )

    def _become(self, status: Status, *, now: float, actor: str, reason: str) -> "Rollout":
        update = {"status": status, "since": now, "changed_by": actor, "reason": reason}
        return self.model_copy(update=update)
