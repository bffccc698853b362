"""What a replica counts between two flushes.

Counting on the request path is a dictionary update; a background task hands the tally over once a
second, to Ray's exporter (there each name begins with `ray_`) and to the cluster-wide totals behind
`GET /api/llm/metrics`.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from serve.metrics import Metric

Key = tuple[str, tuple[str, ...]]
"""A metric's name and the values of its labels."""


@dataclass(slots=True)
class Tally:
    """What happened in this replica since the last `take`."""

    counts: dict[Key, float] = field(default_factory=lambda: defaultdict(float))
    observations: dict[Key, list[float]] = field(default_factory=lambda: defaultdict(list))
    gauges: dict[Key, float] = field(default_factory=dict[Key, float])

    def count(self, metric: Metric, *labels: str, by: float = 1) -> None:
        self.counts[metric.name, labels] += by

    def observe(self, metric: Metric, value: float, *labels: str) -> None:
        self.observations[metric.name, labels].append(value)

    def set(self, metric: Metric, value: float, *labels: str) -> None:
        self.gauges[metric.name, labels] = value

    def take(self) -> "Tally":
        """Everything since the last call, leaving this tally empty (gauges stay)."""
        taken = Tally(self.counts, self.observations, dict(self.gauges))
        self.counts, self.observations = defaultdict(float), defaultdict(list)
        return taken
