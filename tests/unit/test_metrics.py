"""The catalogue of metrics: every one is exported, whatever is counted."""

import re
from pathlib import Path

from serve import metrics
from serve.adapters.ray_metrics import RayExporter
from serve.tally import Tally


def test_every_metric_is_named_by_the_rules() -> None:
    names = [metric.name for metric in metrics.ALL]
    assert len(names) == len(set(names))
    for metric in metrics.ALL:
        assert re.fullmatch(r"(llm|vllm|redis)_[a-z_]+[a-z]", metric.name)
        assert metric.name.endswith("_total") == (metric.kind == "counter")
        assert bool(metric.buckets) == (metric.kind == "histogram")
        assert list(metric.buckets) == sorted(set(metric.buckets))
        assert metric.unit
        assert metric.meaning.endswith(".")
        assert not {"player", "event_id", "request_id"} & set(metric.labels)


def test_whatever_is_counted_is_exported() -> None:
    exporter, tally = RayExporter(), Tally()
    for metric in metrics.ALL:
        values = [f"value of {label}" for label in metric.labels]
        match metric.kind:
            case "counter":
                tally.count(metric, *values, by=2)
            case "gauge":
                tally.set(metric, 1.0, *values)
            case "histogram":
                tally.observe(metric, 0.5, *values)
    taken = tally.take()
    assert len(taken.counts) + len(taken.observations) + len(taken.gauges) == len(metrics.ALL)
    exporter.push(taken)


def test_every_metric_is_documented() -> None:
    page = Path("docs/monitoring.md").read_text("utf-8")
    for metric in metrics.ALL:
        labels = ", ".join(f"`{label}`" for label in metric.labels) or "–"
        meaning = metric.meaning.replace("|", "\\|")
        row = f"| `{metric.name}` | {metric.kind}, {metric.unit} | {labels} | {meaning} |"
        assert row in page, row
