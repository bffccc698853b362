"""A platform of the chaos run's own: `eventsmith up` in a process of its own, as an operator starts it."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import yaml

from loadtest.processes import family
from loadtest.soak.stage import Stage
from serve.errors import ConfigurationError
from serve.local.preflight import free_port
from serve.local.redis_server import RedisServer
from serve.settings import Settings

CONFIG, RUN = "serve/chaos.yaml", "r"
_START_S, _STOP_S = 180.0, 60.0
_POLL_S, _BUSY = 0.2, "timed out during startup"
_OTHERS = ("SLACK_WEBHOOK_URL", "EVENTSMITH_JUDGE_ENDPOINT", "VLLM_ENDPOINT", "VLLM_MODEL")
"""Nobody else hears of it, and nothing else answers for it."""


@dataclass(frozen=True, slots=True)
class Platform:
    """A running `eventsmith up`."""

    stage: Stage
    dashboard: str
    token: str
    """Of Ray."""
    process: subprocess.Popen[bytes]
    config: Path
    """What is deployed: `configs/serve/*.yaml`, with its address."""

    def details(self) -> dict[str, Any]:
        """What Ray Serve tells of itself. Raises httpx.HTTPError or ValueError."""
        answer = httpx.get(self.dashboard + _SERVE, headers=self._headers, timeout=3)
        return answer.raise_for_status().json()

    def redeploy(self, table: Mapping[str, Any]) -> None:
        """As `serve deploy` does. Raises httpx.HTTPError."""
        httpx.put(
            self.dashboard + _SERVE, headers=self._headers, json=table, timeout=10
        ).raise_for_status()

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


_SERVE = "/api/serve/applications/"


@contextmanager
def started(
    folder: Path, redis: RedisServer, environment: Mapping[str, str]
) -> Generator[Platform]:
    """Serving while the block runs; everything it writes lies in `folder`.

    Raises ConfigurationError with the last lines it printed.
    """
    key, admin, token = (secrets.token_hex(16) for _ in range(3))
    port, dashboard_port = free_port(), free_port()
    configuration(folder / "configs", port)
    inherited = {name: value for name, value in os.environ.items() if name not in _OTHERS}
    run = folder / RUN
    run.mkdir()
    everything = inherited | {
        "REDIS_URL": redis.url,
        "EVENTSMITH_API_KEYS": key,
        "EVENTSMITH_ADMIN_TOKEN": admin,
        "EVENTSMITH_CONFIG_DIR": str(folder / "configs"),
        "EVENTSMITH_REVIEW_DATABASE": f"sqlite:///{folder}/reviews.db",
        "EVENTSMITH_RUN_DIR": str(run),
        "RAY_AUTH_TOKEN": token,
        "PYTHONUNBUFFERED": "1",
        **environment,
    }
    command = [
        str(Path(sys.executable).with_name("eventsmith")), "up", "--config", CONFIG,
        "--port", str(port), "--dashboard-port", str(dashboard_port),
    ]  # fmt: skip
    with ExitStack() as stack:
        process = _begun(command, everything, folder / "stdout")
        stack.callback(stopped, process)
        url = f"http://127.0.0.1:{port}"
        dashboard = f"http://127.0.0.1:{dashboard_port}"
        stage = Stage(url, key, admin, psutil.Process(process.pid), redis)
        yield Platform(stage, dashboard, token, process, folder / "configs" / CONFIG)


def configuration(folder: Path, port: int) -> None:
    """The configuration of one machine, with two API replicas as production has."""
    settings = Settings.from_environ()
    shutil.copytree(settings.config_dir, folder)
    table = settings.table("serve/local.yaml")
    for deployment in table["applications"][0]["deployments"]:
        if deployment["name"] == "EventApi":
            deployment["autoscaling_config"] |= {"min_replicas": 2, "max_replicas": 2}
    table["http_options"] |= {"port": port}
    (folder / CONFIG).write_text(yaml.safe_dump(table), "utf-8")


def stopped(process: subprocess.Popen[bytes]) -> list[str]:
    """Ctrl-C; the names of processes that outlived it, which are killed."""
    with suppress(psutil.NoSuchProcess):
        members = family(psutil.Process(process.pid))
        process.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_STOP_S)
        _, alive = psutil.wait_procs(members, timeout=5)
        for one in alive:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        return [one.name() for one in alive if one.is_running()]
    return []


def _begun(
    command: Sequence[str], environment: Mapping[str, str], output: Path
) -> subprocess.Popen[bytes]:
    """Once more where Ray ran into the half minute that it gives itself: the cores may be busy."""
    for again in (True, False):
        with output.open("wb") as file:
            process = subprocess.Popen(command, env=environment, stdout=file, stderr=file)
        try:
            _wait(process, output)
        except ConfigurationError as error:
            stopped(process)
            if not (again and _BUSY in str(error)):
                raise
        else:
            return process
    raise AssertionError


def _wait(process: subprocess.Popen[bytes], output: Path) -> None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end and process.poll() is None:
        if b"Serving on" in output.read_bytes():
            return
        time.sleep(_POLL_S)
    told = output.read_text("utf-8", "replace").splitlines()[-20:]
    raise ConfigurationError("the platform does not start:\n" + "\n".join(told))
