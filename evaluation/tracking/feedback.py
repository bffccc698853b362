"""The rubric's points as MLflow feedback, the reasons in both languages."""

from collections.abc import Iterator
from hashlib import sha256

from mlflow.entities import AssessmentSource, Feedback

from serve.quality import Quality
from serve.quality.judgement import DIMENSIONS

POINTS = (*DIMENSIONS, "total")
RUBRIC = AssessmentSource(source_type="CODE", source_id="eventsmith-rubric")


def rationale(quality: Quality, name: str) -> str:
    """One line per reason of the dimension, of all dimensions for `total`; empty without losses."""
    return "\n".join(
        f"-{reason.points:g} {reason.dimension} {reason.field}: {reason.ko} · {reason.en}"
        for reason in quality.reasons
        if name in {"total", reason.dimension} or reason.dimension == "rules"
    )


def rubric_feedback(quality: Quality, trace_id: str, run_id: str, at_ms: int) -> Iterator[Feedback]:
    """One per dimension and the total; ids follow from the trace, so that none is kept twice."""
    for name in POINTS:
        one = Feedback(
            name=name,
            value=float(getattr(quality, name)),
            source=RUBRIC,
            trace_id=trace_id,
            rationale=rationale(quality, name) or None,
            metadata={"mlflow.assessment.sourceRunId": run_id},
            create_time_ms=at_ms,
            last_update_time_ms=at_ms,
        )
        one.assessment_id = f"a-{sha256(f'{trace_id} {name}'.encode()).hexdigest()[:32]}"
        one.run_id = run_id
        yield one
