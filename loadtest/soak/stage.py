"""The platform under soak, and what may be done to it."""

import os
import secrets
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psutil
from rich.console import Console

from loadtest.own_platform import check
from loadtest.processes import members
from serve.errors import ConfigurationError
from serve.local.platform import Options, running
from serve.local.preflight import free_port
from serve.local.redis_server import RedisServer
from serve.service import EventService

_FLAG = f"/api/llm/flags/{EventService.FLAG}"
_TIMEOUT_S = 3.0
_OTHERS = ("SLACK_WEBHOOK_URL", "EVENTSMITH_JUDGE_ENDPOINT")
"""Nobody else hears of a soak."""
_SERVING = ("HEALTHY", "UPSCALING", "DOWNSCALING")
"""Of a deployment: nothing is missing, though autoscaling may be at work."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A running platform; what is None or empty is out of reach, and so are the faults that need it."""

    url: str
    key: str = ""
    admin: str = ""
    """Token: flags can be switched."""
    root: psutil.Process | None = None
    """Its launcher on this machine: processes can be measured, killed and frozen."""
    redis: RedisServer | None = None
    """Ours to kill, and to start again."""
    deployed: Callable[[], bool] = lambda: True
    """Whether Ray Serve has every replica it wants."""

    def processes(self, group: str) -> list[psutil.Process]:
        """Raises ConfigurationError when there is none, psutil.Error when Redis is down."""
        if group == "Redis" and self.redis and self.redis.process:  # no child of the launcher
            return [psutil.Process(self.redis.process.pid)]
        found = members(self.root, group) if self.root else []
        if not found:
            raise ConfigurationError(f"no process of {group} runs")
        return found

    def switch(self, *, on: bool) -> None:
        """The feature flag. Raises httpx.HTTPError."""
        change = {"enabled": on, "reason": "soak"}
        self._call("PUT", _FLAG, self.admin, change).raise_for_status()

    def whole(self) -> bool:
        """Whether the platform says of itself that nothing is missing."""
        try:
            health = self._call("GET", "/api/llm/health", self.key)
            if health.status_code != 200 or health.json()["status"] != "healthy":
                return False
            if self.admin and not self._call("GET", _FLAG, self.admin).json()["enabled"]:
                return False
            return self.deployed()
        except (httpx.HTTPError, ValueError, KeyError):
            return False

    def _call(self, method: str, path: str, key: str, body: object = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.request(
            method, self.url + path, headers=headers, json=body, timeout=_TIMEOUT_S
        )


@contextmanager
def own(console: Console, *neighbours: str) -> Generator[Stage]:
    """A platform of the soak's own, beside a Redis that it may break; `neighbours` are keys of others."""
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="es-soak-"))
        redis = RedisServer(Path(folder))
        stack.callback(redis.stop)
        redis.start()
        for name in _OTHERS:
            os.environ.pop(name, None)
        key, admin = secrets.token_hex(8), secrets.token_hex(8)
        os.environ |= {
            "REDIS_URL": redis.url,
            "EVENTSMITH_API_KEYS": ",".join((key, *neighbours)),
            "EVENTSMITH_ADMIN_TOKEN": admin,
            "EVENTSMITH_REVIEW_DATABASE": f"sqlite:///{folder}/reviews.db",
        }
        options = Options(port=free_port(), dashboard_port=free_port())
        url = stack.enter_context(running(options, console))
        yield Stage(url, key, admin, psutil.Process(), redis, _deployed)


def given(url: str, pid: int | None) -> Stage:
    """The platform at `url`; `pid` is its launcher's, where that runs on this machine.

    Raises ConfigurationError when it does not answer, refuses the key, or no such process runs.
    """
    key = os.environ.get("EVENTSMITH_API_KEY", "").strip()
    check(url.rstrip("/"), key)
    try:
        root = psutil.Process(pid) if pid else None
    except psutil.NoSuchProcess as error:
        raise ConfigurationError(f"--pid {pid}: no such process") from error
    return Stage(url.rstrip("/"), key, os.environ.get("EVENTSMITH_ADMIN_TOKEN", "").strip(), root)


def _deployed() -> bool:
    from ray import serve as ray_serve  # it reads its environment on the way, which is set by now

    try:
        applications = ray_serve.status().applications.values()
    except Exception:  # noqa: BLE001  (whatever it is: Serve cannot tell)
        return False
    return all(
        deployment.status in _SERVING
        for application in applications
        for deployment in application.deployments.values()
    )
