"""An event to be reviewed, and a person's review of it."""

from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, AwareDatetime, Field, StrictBool, StrictInt

from serve.domain.event import GameEvent
from serve.domain.state import GameState, Locale, WireModel
from serve.quality import Quality
from serve.quality.judgement import Judgement
from serve.review.checklist import CHECKLIST


class Why(StrEnum):
    """Why an event is queued: the scorer's verdict asks for a person, or it was drawn."""

    VERDICT = "verdict"
    SAMPLE = "sample"


class BlindItem(WireModel):
    """What a reviewer may see before answering: no score, no model, no reason it is here."""

    item_id: str
    event: GameEvent
    game_state: GameState
    locale: Locale


class ReviewItem(BlindItem):
    """The event as one player got it, with what machines know about it."""

    quality: Quality
    """The automatic score."""
    judge: Judgement | None = None
    """Points by the model that judges; absent where it was not asked."""
    prompt_version: str
    model: str
    created_at: AwareDatetime
    """When the draft was written."""
    why: Why

    @property
    def blind(self) -> BlindItem:
        return BlindItem.model_validate(
            {name: getattr(self, name) for name in BlindItem.model_fields}
        )


class Opinion(StrEnum):
    """What the reviewer would do with the event."""

    APPROVE = "approve"
    REVISE = "revise"
    REJECT = "reject"


def _complete(answers: dict[str, bool]) -> dict[str, bool]:
    if set(answers) != {question.id for question in CHECKLIST}:
        raise ValueError(
            f"answer {', '.join(question.id for question in CHECKLIST)} with true or false"
        )
    return answers


Points = Annotated[StrictInt, Field(ge=0, le=25)]
"""Whole points of one dimension, 0..25."""


class Review(WireModel):
    """One person's judgement of one event; there is one per item and reviewer."""

    item_id: str
    reviewer: str
    consistency: Points
    balance: Points
    fun: Points
    education: Points
    verdict: Opinion
    checklist: Annotated[dict[str, StrictBool], AfterValidator(_complete)]
    """Question -> yes."""
    note: str = Field(default="", max_length=2000)
    submitted_at: AwareDatetime
    seconds: float = Field(default=0, ge=0, le=86_400)
    """Time spent on the form."""
    blind: bool = True
    """False once it was changed after the automatic score had been told."""

    def after(self, earlier: "Review") -> "Review":
        """This review in the place of the same reviewer's earlier one. The same answers sent twice
        are one submission; other answers were given with the score in sight."""
        sent_again = all(getattr(self, name) == getattr(earlier, name) for name in _ANSWERS)
        return self.model_copy(update={"blind": earlier.blind and sent_again})

    @property
    def total(self) -> int:
        """0..100."""
        return self.consistency + self.balance + self.fun + self.education


_ANSWERS = ("consistency", "balance", "fun", "education", "verdict", "checklist", "note")


class Reviewed(NamedTuple):
    """An item and one review of it."""

    item: ReviewItem
    review: Review
