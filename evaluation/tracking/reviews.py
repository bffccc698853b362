"""What is logged to MLflow; the only module that imports it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from evaluation.reviews import DIMENSIONS, Review, Reviewed
from serve.errors import EventsmithError
from serve.review.item import ReviewItem

if TYPE_CHECKING:
    from mlflow.entities import Assessment, Feedback, Trace

EXPERIMENT = "eventsmith-reviews"
_ITEM = "eventsmith.item"


class TrackingError(EventsmithError):
    """MLflow refused or does not answer."""

    retryable = True


def log_reviews(reviews: Sequence[Reviewed], tracking_uri: str) -> tuple[int, int]:
    """One trace an event, one feedback per reviewer and question; (new traces, new feedback).

    Logging twice changes nothing; a review given anew replaces the old one. Raises TrackingError.
    """
    # MLflow takes seconds to import.
    import mlflow
    from mlflow.exceptions import MlflowException

    before = mlflow.get_tracking_uri()
    try:
        mlflow.set_tracking_uri(tracking_uri)
        experiment = mlflow.set_experiment(EXPERIMENT).experiment_id
        logged = [_log(one, experiment) for one in reviews]
    except MlflowException as error:
        raise TrackingError(f"MLflow at --tracking-uri does not take reviews: {error}") from error
    finally:
        mlflow.set_tracking_uri(before)
    return sum(new for new, _ in logged), sum(count for _, count in logged)


def _log(one: Reviewed, experiment: str) -> tuple[bool, int]:
    """(whether the trace is new, feedback logged)."""
    trace = _find(one.item.item_id, experiment)
    trace_id = trace.info.trace_id if trace else _new_trace(one.item, experiment)
    known = _by_reviewer(trace.info.assessments if trace else ())
    wanted = [feedback for review in one.reviews for feedback in _feedback(review)]
    return trace is None, sum(_keep(trace_id, feedback, known) for feedback in wanted)


def _find(item_id: str, experiment: str) -> "Trace | None":
    import mlflow

    quoted = item_id.replace("'", "")  # ids have no quotes; a filter must not be broken by one
    found: Any = mlflow.search_traces(
        locations=[experiment],
        filter_string=f"tags.`{_ITEM}` = '{quoted}'",
        return_type="list",
        max_results=1,
    )
    return found[0] if found else None


def _new_trace(item: ReviewItem, experiment: str) -> str:
    import mlflow

    document = item.model_dump(mode="json", by_alias=True)
    span = mlflow.start_span_no_context(
        "event",
        span_type="LLM",
        inputs={"gameState": document["gameState"], "locale": document["locale"]},
        attributes={
            "eventsmith.model": item.model or "",
            "eventsmith.prompt_version": item.prompt_version or "",
            "eventsmith.automatic": json.dumps(document["quality"]),
        },
        tags={_ITEM: item.item_id},
        experiment_id=experiment,
    )
    span.set_outputs(document["event"])
    span.end()
    mlflow.flush_trace_async_logging()
    return span.trace_id


def _feedback(review: Review) -> "Iterable[Feedback]":
    """The dimensions, their total, the verdict and the checklist of one reviewer."""
    from mlflow.entities import AssessmentSource, Feedback

    source = AssessmentSource(source_type="HUMAN", source_id=review.reviewer)
    values: dict[str, float | str | bool] = {name: getattr(review, name) for name in DIMENSIONS}
    values |= {"total": review.total, "verdict": review.verdict.value}
    values |= {f"checklist.{name}": yes for name, yes in review.checklist.items()}
    metadata = {"submittedAt": review.submitted_at.isoformat()}
    for name, value in values.items():
        note = (review.note or None) if name == "verdict" else None
        yield Feedback(name=name, value=value, source=source, metadata=metadata, rationale=note)


def _by_reviewer(found: "Iterable[Assessment]") -> "dict[tuple[str, str], Assessment]":
    return {
        (one.name, one.source.source_id): one
        for one in found
        if one.source and one.source.source_type == "HUMAN" and one.source.source_id
    }


def _keep(
    trace_id: str, feedback: "Feedback", known: "Mapping[tuple[str, str], Assessment]"
) -> bool:
    """Whether it was logged; the same value of the same submission is there already."""
    import mlflow

    old = known.get((feedback.name, str(feedback.source.source_id)))
    if old is None:
        mlflow.log_assessment(trace_id, feedback)
        return True
    if old.metadata and old.metadata.get("submittedAt") == (feedback.metadata or {})["submittedAt"]:
        return False
    mlflow.update_assessment(trace_id, str(old.assessment_id), feedback)
    return True
