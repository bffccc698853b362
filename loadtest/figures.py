"""What is counted from the requests of a run."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loadtest.sent import Sent
from serve.serving import Source

POOLED = (Source.POOL, Source.STALE)
WRITTEN = (*POOLED, Source.LLM)


@dataclass(frozen=True, slots=True)
class Figures:
    """Of some requests; shares are of 1, latencies run from the intended send time."""

    requests: int
    mean_ms: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    hit_rate: float
    """Pool and stale, of all answers."""
    llm_share: float
    """Pool, stale and written now, of all answers."""
    static_share: float
    errors: int
    late_p99_ms: float
    """How late the generator itself sent."""


@dataclass(frozen=True, slots=True)
class Keys:
    """How requests spread over situations: a hit rate means nothing without it."""

    count: int
    gini: float
    """0: all situations alike, towards 1: nearly all requests are of one."""
    top_10: float
    """Share of the requests that the ten busiest have."""
    rare: float
    """Share of the situations asked for once; those can never hit."""


def figures(requests: Sequence[Sent]) -> Figures:
    """Without any request all latencies are infinite and all shares 0: nothing is proven."""
    latencies = np.array([one.latency_ms for one in requests] or [np.inf])
    late = np.array([one.late_ms for one in requests] or [np.inf])
    sources = Counter(one.source for one in requests if not one.error)
    answered = max(sources.total(), 1)
    p50, p95, p99 = (percentile(latencies, percent) for percent in (50, 95, 99))
    return Figures(
        requests=len(requests),
        mean_ms=float(latencies.mean()),
        p50_ms=p50,
        p95_ms=p95,
        p99_ms=p99,
        hit_rate=sum(sources[source] for source in POOLED) / answered,
        llm_share=sum(sources[source] for source in WRITTEN) / answered,
        static_share=sources[Source.STATIC] / answered,
        errors=sum(bool(one.error) for one in requests),
        late_p99_ms=percentile(late, 99),
    )


def percentile(values: NDArray[np.float64], percent: float) -> float:
    """One that was measured, not one between two."""
    return float(np.percentile(values, percent, method="higher"))


def keys(requests: Sequence[Sent]) -> Keys:
    counts = np.array(sorted(Counter(one.key for one in requests).values()) or [0])
    total, size = int(counts.sum()), len(counts)
    ranks = np.arange(1, size + 1)
    return Keys(
        count=size if total else 0,
        gini=float((2 * ranks - size - 1) @ counts) / (size * max(total, 1)),
        top_10=float(counts[-10:].sum()) / max(total, 1),
        rare=float((counts == 1).mean()),
    )
