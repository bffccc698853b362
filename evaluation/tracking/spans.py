"""One generation in MLflow's form: its span, and what is known of its trace."""

import json
import time
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from mlflow.entities import Span, TraceInfo, TraceLocation, TraceState
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.trace import SpanContext, Status, StatusCode, TraceFlags

from evaluation.suite.result import Result
from evaluation.tracking.content import CONTENT, content_digest
from evaluation.tracking.feedback import rubric_feedback


def trace_id(run_id: str, result: Result) -> str:
    """Follows from the run and the trial; a trial that failed and was made again is another one."""
    return f"tr-{_hash(run_id, result).hex()}"


def span(result: Result, run_id: str, model: str) -> Span:
    """What was asked, what was written, the tokens, and when the first of them came."""
    start, end = _times_ns(result)
    identity = _hash(run_id, result)
    context = SpanContext(
        int.from_bytes(identity, "big"),
        int.from_bytes(identity[:8], "big"),
        is_remote=False,
        trace_flags=TraceFlags(TraceFlags.SAMPLED),
    )
    attributes = {
        name: json.dumps(value, ensure_ascii=False)
        for name, value in _attributes(result, run_id, model).items()
    }
    status = Status(StatusCode.OK) if result.event else Status(StatusCode.ERROR, result.error)
    return Span(
        ReadableSpan(
            name="event",
            context=context,
            resource=Resource.get_empty(),
            attributes=attributes,
            events=tuple(_first_token(result, start)),
            status=status,
            start_time=start,
            end_time=end,
        )
    )


def trace_info(result: Result, run_id: str, experiment: str) -> TraceInfo:
    """The trace of that span, linked to its run, with the rubric's points as feedback."""
    start, end = _times_ns(result)
    event, quality, identity = result.event, result.quality, trace_id(run_id, result)
    given = rubric_feedback(quality, identity, run_id, end // 1_000_000) if quality else ()
    return TraceInfo(
        trace_id=identity,
        trace_location=TraceLocation.from_experiment_id(experiment),
        request_time=start // 1_000_000,
        execution_duration=(end - start) // 1_000_000,
        state=TraceState.OK if event else TraceState.ERROR,
        request_preview=f"{result.scenario} · {result.game_state.stage} · {result.event_type}",
        response_preview=event.title if event else result.error[:200],
        trace_metadata={
            "mlflow.sourceRun": run_id,
            "mlflow.trace.tokenUsage": json.dumps(_usage(result)),
        },
        tags=_tags(result),
        assessments=list(given),
    )


def _attributes(result: Result, run_id: str, model: str) -> dict[str, Any]:
    document = result.model_dump(mode="json", by_alias=True)
    inputs = {name: document[name] for name in ("scenario", "gameState", "locale", "eventType")}
    return {
        "mlflow.traceRequestId": trace_id(run_id, result),
        "mlflow.spanType": "LLM",
        "mlflow.spanInputs": inputs,
        "mlflow.spanOutputs": document["event"],
        "mlflow.chat.tokenUsage": _usage(result),
        "mlflow.llm.model": model,
        "eventsmith.arm": result.arm,
        "eventsmith.repeat": result.repeat,
        "eventsmith.seed": result.seed,
        "eventsmith.source": result.source,
        "eventsmith.outcome": result.outcome.value,
        "eventsmith.violations": list(result.violations),
        "eventsmith.first_token_s": result.first_token_s,
        "eventsmith.duration_s": result.duration_s,
    }


def _tags(result: Result) -> dict[str, str]:
    tags = {
        "mlflow.traceName": "event",
        "eventsmith.arm": result.arm,
        "eventsmith.scenario": result.scenario,
        "eventsmith.outcome": result.outcome.value,
    }
    if result.event is None:
        return tags
    return tags | {CONTENT: content_digest(result.event, result.game_state, result.locale)}


def _hash(run_id: str, result: Result) -> bytes:
    """16 bytes."""
    return sha256(repr((run_id, *result.pair, result.started_at)).encode()).digest()[:16]


def _usage(result: Result) -> dict[str, int]:
    read, written = result.prompt_tokens, result.output_tokens
    return {"input_tokens": read, "output_tokens": written, "total_tokens": read + written}


def _first_token(result: Result, start: int) -> Iterator[Event]:
    if result.first_token_s is not None:
        yield Event("first_token", {}, start + int(result.first_token_s * 1e9))


def _times_ns(result: Result) -> tuple[int, int]:
    start = round((result.started_at or time.time()) * 1e9)
    return start, start + int(result.duration_s * 1e9)
