"""One trace per request through every deployment, by OpenTelemetry; off unless it is configured.

`OTEL_EXPORTER_OTLP_ENDPOINT` switches it on, and the standard variables of OpenTelemetry's SDK say the
rest (sampling, headers, batches). Off, a span costs a function call. No attribute is ever a text of a
player or of an event.
"""

import os
from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext

from opentelemetry import propagate, trace
from opentelemetry.context import Context

Attribute = str | int | float | bool

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_NOTHING = nullcontext()


class _Tracing:
    """Of this process."""

    on = False
    tracer: trace.Tracer = trace.NoOpTracer()


_tracing = _Tracing()


def configure(deployment: str, environ: Mapping[str, str] | None = None) -> bool:
    """Once per process: exports spans where an endpoint is configured; whether it does."""
    env = os.environ if environ is None else environ
    if not any(env.get(name) for name in _ENDPOINTS):
        return False
    # Half a second of imports: not for a platform that is not traced.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    resource = Resource.create({"service.name": "eventsmith", "eventsmith.deployment": deployment})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    install(provider)
    return True


def install(provider: trace.TracerProvider | None) -> None:
    """Hands spans to this provider; None switches them off."""
    _tracing.on = provider is not None
    _tracing.tracer = provider.get_tracer("eventsmith") if provider else trace.NoOpTracer()


def is_on() -> bool:
    """Whether spans go anywhere."""
    return _tracing.on


def span(
    name: str, *, carried: str | Mapping[str, str] = ""
) -> AbstractContextManager[None, bool | None]:
    """A span around a block; `carried`, from `carry` or headers, continues another process's trace."""
    return _span(name, carried) if _tracing.on else _NOTHING


def mark(**attributes: Attribute) -> None:
    """Adds attributes to the span around the caller."""
    if _tracing.on:
        trace.get_current_span().set_attributes(attributes)


def carry() -> str:
    """The present trace, for another process to continue; empty while off."""
    if not _tracing.on:
        return ""
    carrier = dict[str, str]()
    propagate.inject(carrier)
    return carrier.get("traceparent", "")


@contextmanager
def _span(name: str, carried: str | Mapping[str, str]) -> Generator[None]:
    # Of what comes along with a trace the parent alone is taken: state and baggage are a client's own text.
    told = carried if isinstance(carried, str) else carried.get("traceparent", "")
    parent: Context | None = propagate.extract({"traceparent": told}) if told else None
    with _tracing.tracer.start_as_current_span(name, parent):
        yield
