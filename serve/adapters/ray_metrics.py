"""Ray's metrics exporter: every replica's tally becomes `ray_<name>` on Ray's metrics port."""

from typing import Any

from ray.serve import metrics as ray_metrics

from serve import metrics
from serve.metrics import Metric
from serve.tally import Tally


class RayExporter:
    """Create inside a replica: Ray adds application, deployment and replica labels itself."""

    def __init__(self) -> None:
        self._declared = {metric.name: metric for metric in metrics.ALL}
        self._exported = {metric.name: _exported(metric) for metric in metrics.ALL}

    def push(self, tally: Tally) -> None:
        for (name, labels), amount in tally.counts.items():
            if amount > 0:
                self._exported[name].inc(amount, self._tags(name, labels))
        for (name, labels), values in tally.observations.items():
            observe, tags = self._exported[name].observe, self._tags(name, labels)
            for value in values:
                observe(value, tags)
        for (name, labels), value in tally.gauges.items():
            self._exported[name].set(value, self._tags(name, labels))

    def _tags(self, name: str, labels: tuple[str, ...]) -> dict[str, str]:
        return dict(zip(self._declared[name].labels, labels, strict=True))


def _exported(metric: Metric) -> Any:
    # Ray's annotation of the labels knows tuples of one only.
    labels: Any = metric.labels or None
    match metric.kind:
        case "counter":
            return ray_metrics.Counter(metric.name, metric.meaning, labels)
        case "gauge":
            return ray_metrics.Gauge(metric.name, metric.meaning, labels)
        case "histogram":
            return ray_metrics.Histogram(metric.name, metric.meaning, list(metric.buckets), labels)
