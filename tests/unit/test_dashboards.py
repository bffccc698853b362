"""The dashboards in the repository: what the code writes, about metrics that exist."""

import json
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from grafana.__main__ import FOLDER, drifted
from grafana.queries import MAY_BE_EMPTY, queries
from serve import metrics
from serve.metrics import Metric

_OWN = {f"ray_{metric.name}": metric for metric in metrics.ALL}
_RULES = Path("configs/prometheus/rules/recording.yml")
_NAME = re.compile(r"\b(?:ray_|cluster:|source:)[a-z0-9_:]+")
_LABELS = re.compile(r"by \(([^)]*)\)|\{([^}]*)\}")
_RAYS = {"application", "deployment", "replica", "le"}
_FOREIGN = ("ray_vllm_num", "ray_vllm_kv", "ray_vllm_prefix", "ray_serve_", "ray_node_")
_NO_METRIC = re.compile(
    r'"[^"]*"|\{[^}]*\}|\[[^]]*\]|(?:by|on) \([^)]*\)|[a-z_]+\(|\b(?:sum|max|min|or|on)\b'
)
"""What stands in PromQL beside the names of metrics."""


def dashboards() -> list[Path]:
    return sorted(FOLDER.glob("*.json"))


def panels(path: Path) -> list[dict[str, Any]]:
    """Without the headings of rows."""
    found = json.loads(path.read_text("utf-8"))["panels"]
    return [panel for panel in found if panel["type"] != "row"]


def asked() -> Iterator[tuple[str, str]]:
    """(title, PromQL) of every panel there is."""
    for path in dashboards():
        yield from queries(json.loads(path.read_text("utf-8")), interval="1m")


def recorded() -> set[str]:
    rules = yaml.safe_load(_RULES.read_text("utf-8"))
    return {rule["record"] for group in rules["groups"] for rule in group["rules"]}


def ours(name: str) -> Metric | None:
    """The metric that has a series of this name: a histogram has three, none of its own name."""
    whole = re.sub(r"_(bucket|sum|count)$", "", name)
    metric = _OWN.get(whole)
    return metric if metric and (metric.kind == "histogram") == (whole != name) else None


def test_the_files_are_what_the_code_writes() -> None:
    assert [path.stem for path in dashboards()] == [
        "engine", "pool", "quality", "release", "service",
    ]  # fmt: skip
    assert drifted() == []


@pytest.mark.parametrize("path", dashboards(), ids=lambda path: path.stem)
def test_every_dashboard_has_the_same_frame(path: Path) -> None:
    board = json.loads(path.read_text("utf-8"))
    names = [variable["name"] for variable in board["templating"]["list"]]
    assert names == ["datasource", "application", "ray_dashboard", "mlflow"]
    assert (board["refresh"], board["time"]) == ("30s", {"from": "now-1h", "to": "now"})
    assert board["tags"] == board["links"][0]["tags"] == ["eventsmith"]
    assert [link["url"] for link in board["links"][1:]] == ["${ray_dashboard}", "${mlflow}"]


@pytest.mark.parametrize("path", dashboards(), ids=lambda path: path.stem)
def test_every_panel_can_be_read_and_stands_alone(path: Path) -> None:
    shown = panels(path)
    assert len({panel["title"] for panel in shown}) == len(shown)
    assert len({panel["id"] for panel in shown}) == len(shown)
    for panel in shown:
        assert panel["description"].endswith((".", "?"))
        assert panel["fieldConfig"]["defaults"]["unit"]
        assert panel["datasource"]["uid"] == "${datasource}"
        assert panel["targets"]
        assert all(target["legendFormat"] for target in panel["targets"])
    for one, other in combinations([panel["gridPos"] for panel in shown], 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        below = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or below


def test_every_metric_exists() -> None:
    rules = recorded()
    for title, promql in asked():
        names = re.findall(r"[a-z_:][a-z0-9_:]*", _NO_METRIC.sub(" ", promql))
        assert names, title
        for name in names:
            assert ours(name) or name in rules or name.startswith(_FOREIGN), (title, name)


def test_every_metric_is_shown() -> None:
    """By itself or in a recorded figure."""
    texts = [_RULES.read_text("utf-8"), *(promql for _, promql in asked())]
    shown = [ours(name) for text in texts for name in _NAME.findall(text)]
    assert [metric.name for metric in metrics.ALL if metric not in shown] == []


def test_labels_are_those_that_the_metrics_have() -> None:
    for title, promql in asked():
        asked_for = [metric for name in _NAME.findall(promql) if (metric := ours(name))]
        known = _RAYS | {label for metric in asked_for for label in metric.labels}
        for grouped, matched in _LABELS.findall(promql) if asked_for else ():
            names = {part.strip() for part in grouped.split(",") if part.strip()}
            names |= set(re.findall(r'(\w+)\s*[=!]~?"', matched))
            assert names <= known, (title, names - known)


def test_queries_can_be_run_as_they_are() -> None:
    titles = set[str]()
    for title, promql in asked():
        assert "$" not in promql
        titles.add(title)
    assert set(MAY_BE_EMPTY) <= titles
