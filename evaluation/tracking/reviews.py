"""Reviews by people as feedback on the traces of what they reviewed."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from evaluation.reviews import Review, Reviewed
from evaluation.tracking.content import CONTENT, content_digest
from evaluation.tracking.session import connected, experiment_id
from evaluation.tracking.suite_log import SUITES
from serve.quality import DIMENSIONS
from serve.review.item import ReviewItem

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Assessment, Feedback, Trace

EXPERIMENT = "eventsmith-reviews"
_ITEM = "eventsmith.item"


def log_reviews(reviews: Sequence[Reviewed], tracking_uri: str | None = None) -> tuple[int, int]:
    """One trace an event, one feedback per reviewer and question; (new traces, new feedback).

    An event that a suite left a trace of gets its feedback there. Logging twice changes nothing; a
    review given anew replaces the old one. Raises TrackingError.
    """
    with connected(tracking_uri) as client:
        experiment = experiment_id(client, EXPERIMENT, tracking_uri)
        suites = client.get_experiment_by_name(SUITES)
        elsewhere = [suites.experiment_id] if suites else []
        logged = [_log(client, one, experiment, elsewhere) for one in reviews]
    return sum(new for new, _ in logged), sum(count for _, count in logged)


def _log(
    client: "MlflowClient", one: Reviewed, experiment: str, elsewhere: list[str]
) -> tuple[bool, int]:
    """(whether the trace is new, feedback logged)."""
    # A trace of an earlier review comes first, or its feedback would be there twice.
    trace = _find(client, [experiment], _ITEM, one.item.item_id) or _find(
        client,
        elsewhere,
        CONTENT,
        content_digest(one.item.event, one.item.game_state, one.item.locale),
    )
    trace_id = trace.info.trace_id if trace else _new_trace(one.item, experiment)
    known = _by_reviewer(trace.info.assessments if trace else ())
    wanted = [feedback for review in one.reviews for feedback in _feedback(review)]
    return trace is None, sum(_keep(trace_id, feedback, known) for feedback in wanted)


def _find(client: "MlflowClient", places: list[str], tag: str, value: str) -> "Trace | None":
    """The oldest trace with this tag, without its spans."""
    quoted = value.replace("'", "")  # ids have no quotes; a filter must not be broken by one
    if not places:
        return None
    found: Any = client.search_traces(
        locations=places,
        filter_string=f"tags.`{tag}` = '{quoted}'",
        order_by=["timestamp_ms ASC"],
        include_spans=False,
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
