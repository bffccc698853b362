"""Prometheus and Alertmanager as they are configured here, on loopback, with short windows."""

import re
import shutil
import subprocess
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from serve.local.preflight import free_port

CONFIGS = Path("configs")
_PACKAGES = {"prometheus": "prometheus", "prometheus-alertmanager": "prometheus-alertmanager"}
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_DURATION = re.compile(r"\b(\d+)(s|m|h|d)\b")
_WINDOWS = re.compile(r"\[[^\]]+\]|^\s*for: .*$", re.MULTILINE)
_QUICK = {"group_wait": "0s", "group_interval": "1s", "repeat_interval": "1h"}


@dataclass(frozen=True)
class Monitoring:
    """Where the two answer."""

    prometheus: str
    alertmanager: str

    def query(self, promql: str) -> list[dict[str, Any]]:
        """The series of an instant query. Raises ValueError with what Prometheus says is wrong."""
        answer = httpx.get(f"{self.prometheus}/api/v1/query", params={"query": promql}).json()
        if answer["status"] != "success":
            raise ValueError(answer["error"])
        result = answer["data"]["result"]
        return result if isinstance(result, list) else [{"value": result}]

    def firing(self, alert: str) -> bool:
        return bool(self.query(f'ALERTS{{alertname="{alert}",alertstate="firing"}}'))


@contextmanager
def monitoring(
    folder: Path, targets: Path, platform: str, slack: str, token: str, factor: float
) -> Generator[Monitoring]:
    """Both running, every window of the rules `factor` times as short; skips where they are absent."""
    for program, package in _PACKAGES.items():
        if shutil.which(program) is None:
            pytest.fail(f"{program} is missing: apt-get install {package}")
    where = Monitoring(f"http://127.0.0.1:{free_port()}", f"http://127.0.0.1:{free_port()}")
    _write_alertmanager(folder, platform, slack, token)
    _write_prometheus(folder, targets, where.alertmanager, factor)
    with ExitStack() as stack:
        for command, url in (
            (_alertmanager(folder, where.alertmanager), where.alertmanager),
            (_prometheus(folder, where.prometheus), where.prometheus),
        ):
            stack.enter_context(_running(command, f"{url}/-/ready", folder))
        yield where


def shortened(text: str, factor: float) -> str:
    """Windows of rules, `[5m]` and `for: 5m`, divided; never under four seconds."""

    def shorter(found: re.Match[str]) -> str:
        seconds = int(found[1]) * _SECONDS[found[2]]
        return f"{max(round(seconds / factor), 4)}s"

    return _WINDOWS.sub(lambda window: _DURATION.sub(shorter, window[0]), text)


def _write_prometheus(folder: Path, targets: Path, alertmanager: str, factor: float) -> None:
    config = yaml.safe_load((CONFIGS / "prometheus/prometheus.yml").read_text("utf-8"))
    config["global"] |= {
        "scrape_interval": "1s",
        "scrape_timeout": "1s",
        "evaluation_interval": "1s",
    }
    [job] = config["scrape_configs"]
    job["file_sd_configs"] = [{"files": [str(targets)], "refresh_interval": "1s"}]
    address = alertmanager.removeprefix("http://")
    config["alerting"]["alertmanagers"] = [{"static_configs": [{"targets": [address]}]}]
    (folder / "rules").mkdir()
    for rules in (CONFIGS / "prometheus/rules").glob("*.yml"):
        text = shortened(rules.read_text("utf-8"), factor)
        (folder / "rules" / rules.name).write_text(text, "utf-8")
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config), "utf-8")


def _write_alertmanager(folder: Path, platform: str, slack: str, token: str) -> None:
    text = (CONFIGS / "alertmanager/alertmanager.yml").read_text("utf-8")
    text = text.replace("/etc/alertmanager", str(folder)).replace(
        "http://eventsmith:8000", platform
    )
    config = yaml.safe_load(text)
    _quicken(config["route"])
    (folder / "alertmanager.yml").write_text(yaml.safe_dump(config), "utf-8")
    shutil.copy(CONFIGS / "alertmanager/slack.tmpl", folder)
    (folder / "slack_url").write_text(slack, "utf-8")
    (folder / "alerts_token").write_text(token, "utf-8")


def _quicken(route: dict[str, Any]) -> None:
    route |= _QUICK
    for inner in route.get("routes", []):
        _quicken(inner)


def _prometheus(folder: Path, url: str) -> list[str]:
    return [
        "prometheus",
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'tsdb'}",
        f"--web.listen-address={url.removeprefix('http://')}",
    ]


def _alertmanager(folder: Path, url: str) -> list[str]:
    return [
        "prometheus-alertmanager",
        f"--config.file={folder / 'alertmanager.yml'}",
        f"--storage.path={folder / 'alertmanager'}",
        f"--web.listen-address={url.removeprefix('http://')}",
        "--cluster.listen-address=",
    ]


@contextmanager
def _running(command: list[str], ready: str, folder: Path) -> Generator[None]:
    log = folder / f"{command[0]}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        _wait(ready, process, log)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _wait(ready: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(200):
        if process.poll() is not None:
            break
        try:
            if httpx.get(ready).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    pytest.fail(f"{ready} does not answer:\n{log.read_text()[-2000:]}")
