"""One trace per request, however many tasks and processes it passes through."""

from collections.abc import Iterator

import pytest
from fakes import MemoryStore, ScriptedEngine
from live_platform import request
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanContext
from samples import POLICY
from served import backend, client, keyring

from serve import telemetry
from serve.deployments.scorer import QualityScorer
from serve.deployments.validator import EventValidator
from serve.generation import Generator
from serve.prompts import load
from serve.tally import Tally
from serve.writer import PoolWriter

_PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def exported() -> Iterator[InMemorySpanExporter]:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    telemetry.install(provider)
    yield exporter
    telemetry.install(None)
    provider.shutdown()


def parents(spans: tuple[ReadableSpan, ...]) -> dict[str, str | None]:
    """Name of each span's parent by its own name."""
    names = {_context(span).span_id: span.name for span in spans}
    return {span.name: names.get(span.parent.span_id) if span.parent else None for span in spans}


def _context(span: ReadableSpan) -> SpanContext:
    assert span.context
    return span.context


async def ask(headers: dict[str, str]) -> ScriptedEngine:
    engine, store = ScriptedEngine(), MemoryStore()
    generator = Generator(
        engine, EventValidator(POLICY), QualityScorer(POLICY), load("compact"), "m1"
    )
    desk = PoolWriter(generator, store, Tally(), budget_s=3, at_once=16, background=1)
    built = backend(store, keyring((), "", 100), desk=desk)
    async with client(built) as api:
        answer = await api.post("/api/llm/events", json=request(), headers=headers)
    assert answer.json()["source"] == "llm"
    return engine


async def test_a_request_is_one_trace(exported: InMemorySpanExporter) -> None:
    engine = await ask({"traceparent": _PARENT})
    spans = exported.get_finished_spans()
    assert parents(spans) == {
        "event": None,
        "obtain": "event",
        "flight": "obtain",
        "generation": "flight",
        "engine": "generation",
        "validation": "generation",
        "scoring": "generation",
    }
    traces = {format(_context(span).trace_id, "032x") for span in spans}
    assert traces == {_PARENT.split("-")[1]}  # the game's own
    event = next(span for span in spans if span.name == "event")
    assert event.attributes
    assert set(event.attributes) == {"source", "prompt_version", "request_id"}
    [order] = engine.requests
    assert order.trace.split("-")[1] in traces
    with telemetry.span("completion", carried=order.trace):
        pass
    assert parents(exported.get_finished_spans())["completion"] == "engine"


async def test_off_it_carries_nothing() -> None:
    [order] = (await ask({"traceparent": _PARENT})).requests
    assert order.trace == ""
    assert not telemetry.configure("EventApi", {})
