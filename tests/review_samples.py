"""Items to review and answers to them; no person gave the answers."""

from datetime import UTC, datetime
from typing import Any

from samples import POLICY, STATE, pooled

from serve.domain.balance import resolve
from serve.domain.state import Locale
from serve.quality import Quality
from serve.review import Review, ReviewItem, Why
from serve.review.checklist import CHECKLIST

QUALITY = Quality(consistency=19.3, balance=18.1, fun=17.7, education=11.2)
"""Figures that occur nowhere else, so that a leak would be found."""


def review_item(number: int = 1, **changes: Any) -> ReviewItem:
    draft = pooled(f"item-{number:04}")
    event = resolve(
        draft.draft, draft.event_type, STATE, POLICY, event_id=draft.draft_id, seed="draft"
    )
    fields: dict[str, Any] = {
        "item_id": draft.draft_id,
        "event": event,
        "game_state": STATE,
        "locale": Locale.KO,
        "quality": QUALITY,
        "prompt_version": "prompt-secret",
        "model": "model-secret",
        "created_at": datetime(2030, 1, 2, tzinfo=UTC),
        "why": Why.VERDICT,
    }
    return ReviewItem(**(fields | changes))


def answers(reviewer: str = "민지", **changes: Any) -> dict[str, Any]:
    """What the page submits."""
    return {
        "reviewer": reviewer,
        "consistency": 20,
        "balance": 15,
        "fun": 25,
        "education": 10,
        "verdict": "revise",
        "checklist": {question.id: True for question in CHECKLIST},
        "note": "결과를 더 분명하게",
        "seconds": 31.5,
    } | changes


def review(item_id: str = "item-0001", reviewer: str = "민지", **changes: Any) -> Review:
    submitted = {"item_id": item_id, "submitted_at": datetime(2030, 1, 3, tzinfo=UTC)}
    return Review.model_validate(answers(reviewer, **changes) | submitted)
