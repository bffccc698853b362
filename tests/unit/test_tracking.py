"""Reviews in a real MLflow store on SQLite."""

import json
from pathlib import Path
from typing import Any

import mlflow
import pytest
from synthetic_reviews import line

from evaluation.reviews import read_reviews
from evaluation.tracking import EXPERIMENT, TrackingError, log_reviews

_EACH = 6 + len(line()["review"]["checklist"])
"""Feedback entries a review makes: four dimensions, total, verdict, and the checklist."""


def reviewed(*lines: dict[str, Any]) -> Any:
    text = "\n".join(json.dumps(one, ensure_ascii=False) for one in lines)
    return read_reviews(text.encode(), "reviews.jsonl")


@pytest.fixture
def uri(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)  # where MLflow puts artifacts of a local store
    return f"sqlite:///{tmp_path / 'mlflow.db'}"


def traces(uri: str) -> list[Any]:
    mlflow.set_tracking_uri(uri)
    experiment = mlflow.get_experiment_by_name(EXPERIMENT)
    assert experiment is not None
    found: Any = mlflow.search_traces(locations=[experiment.experiment_id], return_type="list")
    return found


def test_feedback_by_people_logged_once_and_renewed(uri: str) -> None:
    two = reviewed(
        line("item-1", people=(20, 15, 25, 10), reviewer="민지"),
        line("item-1", people=(5, 5, 5, 5), reviewer="jun"),
        line("item-2", people=(20, 20, 20, 20), reviewer="민지"),
    )
    new, feedback = log_reviews(two, uri)
    assert (new, feedback) == (2, 3 * _EACH)
    assert log_reviews(two, uri) == (0, 0)

    anew = line(
        "item-1", people=(25, 15, 25, 10), reviewer="민지", submittedAt="2031-01-01T00:00:00Z"
    )
    assert log_reviews(reviewed(anew), uri) == (0, _EACH)

    logged = traces(uri)
    assert len(logged) == 2
    first = next(one for one in logged if one.info.tags["eventsmith.item"] == "item-1")
    assert first.data.spans[0].inputs["gameState"]["currentTurn"] == 8
    assert first.data.spans[0].outputs["choices"]
    values = {
        (one.source.source_id, one.name): one.feedback.value
        for one in first.info.assessments
        if one.source.source_type == "HUMAN"
    }
    assert values["민지", "consistency"] == 25
    assert values["민지", "total"] == 75
    assert values["jun", "verdict"] == "revise"
    assert values["jun", "checklist.natural"] is False
    assert len(first.info.assessments) == 2 * _EACH


def test_a_store_that_is_away_is_one_clear_error() -> None:
    with pytest.raises(TrackingError, match="--tracking-uri"):
        log_reviews(reviewed(line()), "no-such-scheme://nowhere")
