"""Prometheus' and Alertmanager's configuration, as their own tools read it, and the runbook beside it."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from serve import metrics

ROOT = Path(__file__).parents[2]
PROMETHEUS = ROOT / "configs/prometheus"
ALERTMANAGER = ROOT / "configs/alertmanager/alertmanager.yml"
TEMPLATE = ALERTMANAGER.with_name("slack.tmpl")
RULES = sorted(PROMETHEUS.glob("rules/*.yml"))
CASES = sorted(PROMETHEUS.glob("tests/*.yml"))
PACKAGES = {"promtool": "prometheus", "amtool": "prometheus-alertmanager"}
ALWAYS = "Watchdog"
PLANNED = "ray_llm_canary_phase_age_seconds"


def rules() -> list[dict[str, Any]]:
    files = [yaml.safe_load(path.read_text("utf-8")) for path in RULES]
    return [rule for file in files for group in file["groups"] for rule in group["rules"]]


ALERTS = {rule["alert"]: rule for rule in rules() if "alert" in rule}
RECORDED = {rule["record"] for rule in rules() if "record" in rule}


def told(tool: str, *arguments: object) -> str:
    """What the tool prints when it is content."""
    if shutil.which(tool) is None:
        message = f"{tool} is missing: install it with `apt-get install {PACKAGES[tool]}`"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    ran = subprocess.run(
        [tool, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=120
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout.strip()


def test_prometheus_takes_its_configuration() -> None:
    told("promtool", "check", "config", PROMETHEUS / "prometheus.yml")
    told("promtool", "check", "rules", *RULES)


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_rules_fire_when_they_should_and_only_then(case: Path) -> None:
    told("promtool", "test", "rules", case)


def test_alertmanager_takes_its_configuration() -> None:
    told("amtool", "check-config", ALERTMANAGER)


@pytest.mark.parametrize(
    ("labels", "receivers"),
    [
        ("severity=critical action=flag-off flag=llm-events", "flag-off,slack"),
        ("severity=critical", "slack"),
        ("severity=high", "slack"),
        ("severity=medium", "slack"),
        ("severity=low", "slack"),
        ("severity=none", "nobody"),
        (f"severity=none alertname={ALWAYS}", "dead-man"),
        ("severity=unheard-of", "slack"),
    ],
)
def test_each_severity_has_its_receivers(labels: str, receivers: str) -> None:
    route = ["config", "routes", "test", f"--config.file={ALERTMANAGER}", *labels.split()]
    assert told("amtool", *route) == receivers


@pytest.mark.parametrize("part", ["color", "title", "link", "text"])
def test_messages_to_slack_can_be_written(part: str) -> None:
    text = f'{{{{ template "eventsmith.{part}" . }}}}'
    glob = f"--template.glob={TEMPLATE}"
    assert told("amtool", "template", "render", glob, f"--template.text={text}")


@pytest.mark.parametrize("name", ALERTS)
def test_every_alert_has_words_a_case_and_a_section(name: str) -> None:
    alert, page = ALERTS[name], (ROOT / "docs/monitoring.md").read_text("utf-8")
    assert set(alert["annotations"]) == {"summary", "summary_ko", "value", "runbook"}
    assert re.search("[가-힣]", alert["annotations"]["summary_ko"])
    path, _, anchor = alert["annotations"]["runbook"].partition("#")
    assert path == "docs/monitoring.md"
    assert anchor in re.findall(r"^### (\w+)$", page.lower(), re.MULTILINE)
    files = [yaml.safe_load(path.read_text("utf-8"))["tests"] for path in CASES]
    looks = [look for tests in files for test in tests for look in test.get("alert_rule_test", ())]
    fired = {bool(look["exp_alerts"]) for look in looks if look["alertname"] == name}
    assert fired == ({True} if name == ALWAYS else {True, False})


def test_rules_read_only_metrics_that_exist() -> None:
    ours = {f"ray_{metric.name}" for metric in metrics.ALL if metric.kind != "histogram"}
    histograms = [metric.name for metric in metrics.ALL if metric.kind == "histogram"]
    ours |= {f"ray_{name}_{end}" for name in histograms for end in ("bucket", "sum", "count")}
    read = {name for rule in rules() for name in re.findall(r"\b\w+:[\w:]+|ray_\w+", rule["expr"])}
    others = {name for name in read if name.startswith(("ray_vllm_", "ray_serve_"))}
    assert read - others - ours - RECORDED <= {PLANNED}


def test_muting_knows_its_alerts_and_never_mutes_one_that_acts() -> None:
    muting = yaml.safe_load(ALERTMANAGER.read_text("utf-8"))["inhibit_rules"]
    for rule in muting:
        for matcher in (*rule["source_matchers"], *rule["target_matchers"]):
            names = re.fullmatch(r'alertname=~?"([^"]+)"', matcher)
            assert names is not None, matcher
            for pattern in names[1].split("|"):
                assert [name for name in ALERTS if re.fullmatch(pattern, name)], pattern
    targets = [re.compile(rule["target_matchers"][0].split('"')[1]) for rule in muting]
    acting = [name for name, alert in ALERTS.items() if "action" in alert["labels"]]
    assert not [name for name in acting for target in targets if target.fullmatch(name)]
