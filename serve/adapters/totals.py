"""Cluster-wide totals in Redis: what `GET /api/llm/metrics` tells, whichever replica answers."""

import asyncio
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from serve import metrics
from serve.errors import StoreError
from serve.metrics import Metric
from serve.release.assessment import Counted
from serve.tally import Tally

_SLICE_S = 10
_SLICES = 30
_LIFETIME = "totals:lifetime"
_PATIENCE_S = 0.04
_MOST = 1e15
"""More than any figure comes to: what is larger has been tampered with."""

Fields = Mapping[str, float]


class TotalsStore(Protocol):
    async def add(
        self, increments: dict[str, dict[str, float]], seconds: dict[str, int]
    ) -> None: ...
    async def tables(self, names: Sequence[str]) -> list[dict[str, str]]: ...


class Totals:
    """Adds tallies up, for ever and in slices of ten seconds, and reads them back as a report."""

    def __init__(self, store: TotalsStore) -> None:
        self._store = store
        self._last: tuple[float, dict[str, Any]] | None = None

    async def add(self, tally: Tally) -> None:
        """Raises StoreError."""
        fields = _fields(tally)
        if fields:
            slice_ = f"totals:{int(time.time()) // _SLICE_S}"
            await self._store.add(
                {_LIFETIME: fields, slice_: fields}, {slice_: _SLICE_S * (_SLICES + 3)}
            )

    async def report(self) -> dict[str, Any]:
        """Lifetime and last five minutes, side by side, within 40 ms.

        Where Redis does not answer in that time it is the last report this replica has made, and
        `ageSeconds` tells its age. Raises StoreError where there is none.
        """
        try:
            async with asyncio.timeout(_PATIENCE_S):
                self._last = time.monotonic(), await self._fresh()
        except (TimeoutError, StoreError) as error:
            if self._last is None:
                raise StoreError("Redis does not answer") from error
        made, report = self._last
        return report | {"ageSeconds": round(time.monotonic() - made, 1)}

    async def counted(self) -> Counted:
        """The sums themselves. Raises StoreError."""
        now = int(time.time()) // _SLICE_S
        names = [f"totals:{now - age}" for age in range(_SLICES)]
        lifetime, *slices = await self._store.tables([_LIFETIME, *names])
        return Counted(_sum([lifetime]), _sum(slices))

    async def _fresh(self) -> dict[str, Any]:
        lifetime, recent = await self.counted()
        return summary(lifetime) | {"lastFiveMinutes": summary(recent)}


def summary(fields: Fields) -> dict[str, Any]:
    """The report's sections from summed fields."""
    sources, outcomes = (_labels(fields, metrics.REQUESTS, label) for label in (0, 1))
    served, cache = sum(sources.values()), _labels(fields, metrics.CACHE)
    generations = _labels(fields, metrics.GENERATIONS)
    checked = _labels(fields, metrics.VALIDATION)
    return {
        "generation": {
            "count": sum(generations.values()),
            "byOutcome": generations,
            "durationMs": _histogram(fields, metrics.GENERATION, 1000),
            "timeToFirstTokenMs": _histogram(fields, metrics.FIRST_TOKEN, 1000),
            "outputTokens": fields.get(metrics.OUTPUT_TOKENS.name, 0.0),
        },
        "cache": {
            "byResult": cache,
            "hitRate": _share(cache.get("hit", 0) + cache.get("stale", 0), sum(cache.values())),
            "followers": fields.get(metrics.FOLLOWERS.name, 0.0),
        },
        "quality": {
            "score": _histogram(fields, metrics.QUALITY, 1),
            "validation": checked,
            "validationFailureRate": _share(
                sum(checked.values()) - checked.get("pass", 0), sum(checked.values())
            ),
            "ratings": _labels(fields, metrics.FEEDBACK),
        },
        "requests": {
            "count": served,
            "bySource": sources,
            "byOutcome": outcomes,
            "llmServedShare": _share(served - sources.get("static", 0), served),
            "goodputShare": _share(outcomes.get("good", 0), served),
            "repeats": fields.get(metrics.REPEATS.name, 0.0),
            "responseMs": _histogram(fields, metrics.RESPONSE, 1000),
            "deadlineMisses": fields.get(metrics.LATE.name, 0.0),
        },
    }


def _fields(tally: Tally) -> dict[str, float]:
    """A tally as additive fields: `name|label…`, `name_sum|label…`, `name_le|label…|bucket`."""
    fields: dict[str, float] = defaultdict(float)
    for (name, labels), amount in tally.counts.items():
        fields["|".join((name, *labels))] += amount
    buckets = {metric.name: metric.buckets for metric in metrics.ALL}
    for (name, labels), values in tally.observations.items():
        for value in values:
            fields["|".join((f"{name}_sum", *labels))] += value
            bucket = str(bisect_left(buckets[name], value))
            fields["|".join((f"{name}_le", *labels, bucket))] += 1
    return fields


def _sum(tables: Iterable[Mapping[str, str]]) -> dict[str, float]:
    total: dict[str, float] = defaultdict(float)
    for table in tables:
        for field, amount in table.items():
            total[field] += _counted(amount)
    return total


def _counted(amount: str) -> float:
    """Nothing for what cannot have been counted."""
    try:
        number = float(amount)
    except ValueError:
        return 0.0
    return number if 0 <= number <= _MOST else 0.0


def _labels(fields: Fields, metric: Metric, label: int = 0) -> dict[str, int]:
    """Counts by the values of one label, the others added up."""
    counts: dict[str, int] = defaultdict(int)
    for field, amount in sorted(fields.items()):
        name, *values = field.split("|")
        if name == metric.name and len(values) > label:
            counts[values[label]] += int(amount)
    return dict(counts)


def _histogram(fields: Fields, metric: Metric, scale: float) -> dict[str, float | None]:
    counts = [0.0] * (len(metric.buckets) + 1)
    buckets = set(map(str, range(len(counts))))
    total = 0.0
    for field, amount in fields.items():
        name, *values = field.split("|")
        if name == f"{metric.name}_le" and values and values[-1] in buckets:
            counts[int(values[-1])] += amount
        elif name == f"{metric.name}_sum":
            total += amount
    count = sum(counts)
    return {
        "count": count,
        "mean": round(total / count * scale, 2) if count else None,
        **{f"p{q}": _quantile(counts, metric.buckets, q / 100, scale) for q in (50, 95, 99)},
    }


def _quantile(
    counts: Sequence[float], bounds: Sequence[float], quantile: float, scale: float
) -> float | None:
    """Linear within a bucket, as Prometheus' histogram_quantile; at most the last bound."""
    rank = quantile * sum(counts)
    if rank == 0:
        return None
    below = 0.0
    for index, bound in enumerate(bounds):
        if below + counts[index] >= rank:
            low = bounds[index - 1] if index else 0.0
            return round((low + (bound - low) * (rank - below) / counts[index]) * scale, 2)
        below += counts[index]
    return round(bounds[-1] * scale, 2)


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None
