"""Synthetic reviews, seeded: no person gave them. For tests of what reads reviews."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from serve.api.examples import EVENT_RESPONSE
from serve.review.checklist import CHECKLIST

DIMENSIONS = ("consistency", "balance", "fun", "education")
STATE = {"currentTurn": 8, "cash": 60_000_000, "users": 1500, "trust": 55, "infrastructure": []}


def line(
    item_id: str = "item-0",
    *,
    people: Sequence[int] = (20, 20, 20, 20),
    scorer: Sequence[float] = (20, 20, 20, 20),
    judge: Sequence[float] | None = None,
    reviewer: str = "kim",
    **review: Any,
) -> dict[str, Any]:
    """One exported line; points per dimension in the order of `DIMENSIONS`."""
    judged = {"judge": dict(zip(DIMENSIONS, judge, strict=True))} if judge else {}
    return {
        "item": {
            "itemId": item_id,
            "event": EVENT_RESPONSE["event"],
            "gameState": STATE,
            "locale": "ko",
            "quality": dict(zip(DIMENSIONS, scorer, strict=True)) | {"total": sum(scorer)},
            "promptVersion": "ko-v3",
            "model": "bundled-1",
            "createdAt": "2030-01-01T00:00:00Z",
            "why": "sample",
        }
        | judged,
        "review": dict(zip(DIMENSIONS, people, strict=True))
        | {
            "itemId": item_id,
            "reviewer": reviewer,
            "verdict": "approve" if sum(people) >= 80 else "revise",
            "checklist": {each.id: sum(people) >= 80 or each.id != "natural" for each in CHECKLIST},
            "note": "메모 note",
            "submittedAt": "2030-01-02T03:04:05Z",
            "seconds": 42.0,
        }
        | review,
    }


def sample(
    items: int, *, noise: float, bias: float = 0.0, reviewers: int = 1, judge: bool = False
) -> list[dict[str, Any]]:
    """Lines of events whose true points vary; scorer and judge err by `noise` and `bias` points.

    Reviewers err by one point; `noise` and `bias` are per dimension.
    """
    rng = np.random.default_rng(11)
    lines: list[dict[str, Any]] = []
    for number in range(items):
        true = rng.normal(18, 2) + rng.normal(0, 2.5, 4)
        scorer, second = (_points(rng.normal(true + bias, noise)) for _ in range(2))
        lines += [
            line(
                f"item-{number}",
                people=[round(each) for each in _points(rng.normal(true, 1))],
                scorer=scorer,
                judge=second if judge else None,
                reviewer=f"reviewer-{person}",
            )
            for person in range(reviewers)
        ]
    return lines


def as_lines(lines: Sequence[dict[str, Any]]) -> bytes:
    return "\n".join(json.dumps(each, ensure_ascii=False) for each in lines).encode()


def _points(points: Any) -> list[float]:
    return [round(float(each), 1) for each in np.clip(points, 0, 25)]
