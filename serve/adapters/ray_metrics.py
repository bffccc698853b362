"""Ray's metrics exporter: every replica's tally becomes `ray_<name>` on Ray's metrics port."""

from typing import Any

from ray.serve import metrics as ray_metrics

from serve import metrics
from serve.metrics import Metric, Tally


def _tags(metric: Metric) -> Any:
    """The label's name as a tuple; Ray's annotation knows tuples of one only."""
    return (metric.label,) if metric.label else None


class RayExporter:
    """Create inside a replica: Ray adds application, deployment and replica labels itself."""

    def __init__(self) -> None:
        self._declared = {
            metric.name: metric
            for metric in (*metrics.COUNTERS, *metrics.HISTOGRAMS, *metrics.GAUGES)
        }
        self._counters = {
            metric.name: ray_metrics.Counter(metric.name, metric.meaning, _tags(metric))
            for metric in metrics.COUNTERS
        }
        self._histograms = {
            metric.name: ray_metrics.Histogram(
                metric.name, metric.meaning, list(metric.buckets), _tags(metric)
            )
            for metric in metrics.HISTOGRAMS
        }
        self._gauges = {
            metric.name: ray_metrics.Gauge(metric.name, metric.meaning, _tags(metric))
            for metric in metrics.GAUGES
        }

    def push(self, tally: Tally) -> None:
        for (name, label), amount in tally.counts.items():
            if amount > 0:
                self._counters[name].inc(amount, self._label(name, label))
        for (name, label), values in tally.observations.items():
            for value in values:
                self._histograms[name].observe(value, self._label(name, label))
        for name, value in tally.gauges.items():
            self._gauges[name].set(value)

    def _label(self, name: str, label: str) -> dict[str, str]:
        return {self._declared[name].label: label} if self._declared[name].label else {}
