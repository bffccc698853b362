"""Sampled generations as traces of a run.

They are written to the store at once rather than through MLflow's tracer, which swallows a failure
and gives every trace a new id: here the id follows from run and trial, so that logging again fills
what is missing and doubles nothing.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from mlflow import MlflowClient
from mlflow.tracing.client import TracingClient

from evaluation.suite.result import Result
from evaluation.tracking.spans import span, trace_id, trace_info

_PAGE = 500
"""MLflow gives no more at once."""


def sampled(results: Sequence[Result], count: int) -> list[Result]:
    """At most `count` trials by lot; the lot knows only scenario and repeat, so that every arm of a
    suite shows the same ones."""
    lots = sorted(results, key=lambda one: sha256(repr(one.pair).encode()).digest())
    return sorted(lots[:count], key=lambda one: one.pair)


def log_traces(
    client: MlflowClient, results: Sequence[Result], run_id: str, experiment: str, model: str = ""
) -> int:
    """Logs those that are not there yet; returns how many. Raises MlflowException."""
    there = _logged(client, run_id, experiment)
    missing = [one for one in results if trace_id(run_id, one) not in there]
    if missing:
        store = TracingClient(client.tracking_uri)
        store.log_spans(experiment, [span(one, run_id, model) for one in missing])
        for one in missing:  # last, for it is what links a trace to its run
            store.start_trace(trace_info(one, run_id, experiment))
    return len(missing)


def _logged(client: MlflowClient, run_id: str, experiment: str) -> set[str]:
    """Ids of the run's traces."""
    found: set[str] = set()
    token: str | None = None
    while True:
        page: Any = client.search_traces(
            locations=[experiment],
            run_id=run_id,
            include_spans=False,
            max_results=_PAGE,
            page_token=token,
        )
        found |= {one.info.trace_id for one in page}
        token = page.token
        if not token:
            return found
