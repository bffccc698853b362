"""A platform started by `eventsmith up` in a process of its own, and what tests do to it."""

import itertools
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import psutil

from serve.local.preflight import free_port
from serve.local.redis_server import RedisServer

KEY, ADMIN, STUDY = "test-key", "test-admin", "test-study"
_counter = itertools.count(1)


class LivePlatform:
    def __init__(self, redis: RedisServer, **environment: str) -> None:
        self.redis, self._environment = redis, environment
        self._folder = TemporaryDirectory(prefix="eventsmith-platform-")
        self.url, self.dashboard = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
        self.printed = ""
        """Up to the start, and after the stop all of it."""
        self._process: subprocess.Popen[str] | None = None
        self.http = httpx.Client(
            base_url=self.url, headers={"Authorization": f"Bearer {KEY}"}, timeout=40
        )
        self.admin = httpx.Client(
            base_url=self.url, headers={"Authorization": f"Bearer {ADMIN}"}, timeout=40
        )

    def start(self) -> None:
        command = [
            str(Path(sys.executable).with_name("eventsmith")), "up",
            "--port", self.url.rpartition(":")[2], "--dashboard-port", self.dashboard.rpartition(":")[2],
        ]  # fmt: skip
        environment = os.environ | {
            "REDIS_URL": self.redis.url,
            "EVENTSMITH_API_KEYS": KEY,
            "EVENTSMITH_ADMIN_TOKEN": ADMIN,
            "EVENTSMITH_EVALUATION_KEYS": STUDY,
            "EVENTSMITH_REVIEW_DATABASE": f"sqlite:///{self._folder.name}/reviews.db",
            **self._environment,
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        self._process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.printed += line
            if line.startswith("Serving on"):
                return
        raise AssertionError("the platform did not start:\n" + self.printed[-2000:])

    def stop(self) -> list[str]:
        """Ctrl-C; the names of the processes that outlived it."""
        assert self._process is not None
        family = psutil.Process(self._process.pid).children(recursive=True)
        self._process.send_signal(signal.SIGINT)
        self._process.wait(60)
        _, alive = psutil.wait_procs(family, timeout=10)
        if self._process.stdout and not alive:  # who lives on would hold it open
            self.printed += self._process.stdout.read()
        return [process.name() for process in alive]

    @property
    def targets(self) -> Path:
        """Ray's list of what Prometheus should read."""
        assert self._process is not None
        for process in psutil.Process(self._process.pid).children(recursive=True):
            for argument in process.cmdline():
                if argument.startswith("--temp-dir="):
                    folder = Path(argument.removeprefix("--temp-dir="))
                    return folder / "prom_metrics_service_discovery.json"
        raise AssertionError("no process of Ray tells its folder")

    def logged(self) -> str:
        """What its replicas have in their log files so far."""
        logs = self.targets.parent / "session_latest/logs/serve"
        return "".join(path.read_text("utf-8") for path in logs.glob("replica_*.log"))

    def command_lines(self) -> str:
        """Of every process of the platform."""
        assert self._process is not None
        launcher = psutil.Process(self._process.pid)
        family = [launcher, *launcher.children(recursive=True)]
        return "\n".join(_command(process) for process in family)

    def replica(self, deployment: str) -> psutil.Process:
        """The process of a deployment's replica."""
        running = self.replicas(deployment)
        assert running, f"no replica of {deployment} runs"
        return running[0]

    def replicas(self, deployment: str) -> list[psutil.Process]:
        """The processes of all its replicas."""
        assert self._process is not None
        name = re.compile(rf"ServeReplica:eventsmith:{deployment}\b")
        family = psutil.Process(self._process.pid).children(recursive=True)
        return [process for process in family if name.search(_command(process))]

    def memory_gib(self) -> float:
        """Proportional set size of every process of the platform."""
        assert self._process is not None
        launcher = psutil.Process(self._process.pid)
        family = [launcher, *launcher.children(recursive=True)]
        return sum(process.memory_full_info().pss for process in family) / 2**30

    def ask(self, **changes: Any) -> httpx.Response:
        """An event for a new player, unless `player` names one; None leaves a field out."""
        return self.http.post("/api/llm/events", json=request(**changes))

    def until(self, source: str, seconds: float = 60, **changes: Any) -> dict[str, Any]:
        """Asks for new players until an event comes from `source`."""
        end = time.monotonic() + seconds
        seen = list[str]()
        while time.monotonic() < end:
            answer = self.ask(**changes).json()
            if answer["source"] == source:
                return answer
            seen.append(answer["source"])
            time.sleep(0.3)
        raise AssertionError(f"no event from {source} within {seconds} s: {seen}")


def _command(process: psutil.Process) -> str:
    """Empty of one that has just died."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def new_player() -> str:
    return f"player-{os.getpid()}-{next(_counter)}"


def request(player: str | None = None, **changes: Any) -> dict[str, Any]:
    """A valid request; a keyword of the state changes the state, any other the request."""
    state: dict[str, Any] = {
        "currentTurn": 8,
        "difficulty": "NORMAL",
        "cash": 42_000_000,
        "users": 1200,
        "trust": 55,
        "infrastructure": ["EC2"],
    }
    state |= {name: changes.pop(name) for name in list(changes) if name in state}
    body = {"playerId": player or new_player(), "gameState": state, **changes}
    return {name: value for name, value in body.items() if value is not None}
