"""Trials of an arm with points, outcomes and durations as a test wants them."""

from collections.abc import Sequence
from typing import Any

from samples import STATE

from evaluation.suite.result import Outcome, Result
from serve.domain.event import EventType
from serve.domain.state import Locale
from serve.quality import Quality


def trial(scenario: int, points: float = 80.0, repeat: int = 0, **changes: Any) -> Result:
    """Judged, written by a model in a second; the points in equal parts."""
    part = points / 4
    quality = Quality(consistency=part, balance=part, fun=part, education=part)
    fields: dict[str, Any] = {
        "arm": "base/small/default",
        "scenario": f"s-{scenario:04}",
        "repeat": repeat,
        "seed": 1,
        "game_state": STATE,
        "locale": Locale.KO,
        "event_type": EventType.TEAM_EVENT,
        "outcome": Outcome(quality.verdict.value),
        "quality": quality,
        "output_tokens": 200,
        "first_token_s": 0.1,
        "duration_s": 1.0,
    }
    return Result(**(fields | changes))


def arm(
    points: Sequence[float], repeats: int = 1, name: str = "base/small/default", **changes: Any
) -> list[Result]:
    """A scenario's repeats stand together in `points`."""
    return [
        trial(place // repeats, one, place % repeats, arm=name, **changes)
        for place, one in enumerate(points)
    ]


def failed(scenarios: int, name: str = "dead/small/default") -> list[Result]:
    """An arm that never answered."""
    gone: dict[str, Any] = {"outcome": Outcome.FAILED, "quality": None, "first_token_s": None}
    return arm([0.0] * scenarios, name=name, output_tokens=0, duration_s=60.0, **gone)
