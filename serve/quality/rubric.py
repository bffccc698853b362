"""The four-part rubric: 100 points, each loss with its reason.

An event that breaks a rule for this player, or whose texts contradict what its choices do, must
not be served however good the rest: no dimension of it keeps more than `_UNFIT` points, so that its
total stays below the line of discard.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum

from pydantic import computed_field

from serve.domain.balance import BalancePolicy
from serve.domain.event import GameEvent
from serve.domain.rules import violations
from serve.domain.state import GameState, Locale, WireModel
from serve.domain.violation import Violation
from serve.quality.balance import balance
from serve.quality.consistency import consistency
from serve.quality.education import education
from serve.quality.fun import fun
from serve.quality.language import with_particle
from serve.quality.reason import Kind, Reason, lost, remaining

ACCEPT_FROM = 80.0
REVIEW_FROM = 60.0
_UNFIT = 14.0
_MISLEADING = 18.0
"""Points lost to contradictions beyond which an event misleads its player."""


class Verdict(StrEnum):
    """Served; served and queued for a person; never served."""

    ACCEPT = "accept"
    REVIEW = "review"
    DISCARD = "discard"


class Quality(WireModel):
    """Points per dimension, 0..25 each, and why any were lost."""

    consistency: float
    balance: float
    fun: float
    education: float
    reasons: tuple[Reason, ...] = ()

    @computed_field
    @property
    def total(self) -> float:
        """0..100."""
        return round(self.consistency + self.balance + self.fun + self.education, 1)

    @property
    def undoubted(self) -> float:
        """The total of an event that is not discarded, its doubts set aside: what is certain."""
        sure = (
            reason
            for reason in self.reasons
            if reason.dimension == "consistency" and reason.kind is not Kind.DOUBT
        )
        return round(self.total - self.consistency + remaining(sure), 1)

    @property
    def servable(self) -> bool:
        """Whether an event of these points may be served, and there can be such points."""
        points = (self.consistency, self.balance, self.fun, self.education)
        return all(0 <= each <= 25 for each in points) and self.verdict is not Verdict.DISCARD

    @computed_field
    @property
    def verdict(self) -> Verdict:
        if self.total >= ACCEPT_FROM:
            return Verdict.ACCEPT
        return Verdict.REVIEW if self.total >= REVIEW_FROM else Verdict.DISCARD


def score(
    event: GameEvent,
    state: GameState,
    policy: BalancePolicy,
    locale: Locale,
    *,
    others: Sequence[GameEvent] = (),
) -> Quality:
    """The event's points for this player; `others` are the events it should not resemble."""
    losses = {
        "consistency": tuple(consistency(event, state, policy, locale)),
        "balance": tuple(balance(event, state, policy)),
        "fun": tuple(fun(event, locale, others)),
        "education": tuple(education(event, locale)),
    }
    points = {name: remaining(reasons) for name, reasons in losses.items()}
    reasons = tuple(reason for dimension in losses.values() for reason in dimension)
    broken = violations(event, state, policy, locale)
    defects = tuple(_defects(broken, lost(reasons, Kind.CONTRADICTION)))
    if defects:
        capped = {name: min(left, _UNFIT) for name, left in points.items()}
        taken = sum(points.values()) - sum(capped.values())
        share = round(max(taken / len(defects), 0.1), 1)
        reasons = (*(Reason("rules", share, *defect) for defect in defects), *reasons)
        points = capped
    return Quality(**points, reasons=reasons)


def _defects(broken: Sequence[Violation], contradictions: float) -> Iterator[tuple[str, str, str]]:
    """(field, ko, en) of everything that makes the event unfit to serve."""
    for rule, field, message in broken:
        named = with_particle(rule, "을", "를")
        yield field, f"규칙 {named} 어깁니다.", f"{rule}: {message}."
    if contradictions > _MISLEADING:
        yield (
            "choices",
            "글이 실제 효과와 어긋나 속이게 됩니다.",
            "The texts mislead about the effects.",
        )
