"""Starts everything in order, with progress, and leaves nothing behind."""

import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from serve.errors import ConfigurationError
from serve.local.cluster import PROXY, RAY, Cluster, prepare_environment, wait_until_answers
from serve.local.draining import drain
from serve.local.preflight import check
from serve.local.ray_access import LOOPBACK, guarded
from serve.local.redis_server import RedisServer
from serve.local.terminal import step
from serve.settings import Scope, Settings

_START_S, _LOADING_S = 300, 900
"""Until every deployment runs: from a cold disk, or with a large model loading onto a GPU."""


@dataclass(frozen=True, slots=True)
class Options:
    """How the platform is started on this machine."""

    config: str = "serve/local.yaml"
    host: str = "127.0.0.1"
    port: int = 8000
    dashboard_port: int = 8265


@contextmanager
def running(options: Options, console: Console) -> Generator[str]:
    """The platform's URL while the block runs. Raises ConfigurationError when it cannot start."""
    settings = Settings.from_environ()
    closed = bool(settings.access.of(Scope.GAME))
    if not closed and options.host not in LOOPBACK:
        raise ConfigurationError(
            f"without EVENTSMITH_API_KEYS anybody could call: refusing to listen on {options.host}"
        )
    table = _config(settings, options)
    in_process, on_cpu = not settings.endpoint, _engine_on_cpu(table)
    check(options.host, options.port, engine=in_process and on_cpu)
    patience_s = _LOADING_S if in_process and not on_cpu else _START_S
    with ExitStack() as stack:
        folder = stack.enter_context(_run_folder(settings.run_dir))
        prepare_environment(folder)
        stack.enter_context(guarded(folder, options.host))
        if not settings.redis_url:
            with step(console, "Redis", "embedded, in memory"):
                redis = RedisServer(folder)
                redis.start()
                stack.callback(redis.stop)
                os.environ["REDIS_URL"] = redis.url
                stack.callback(os.environ.pop, "REDIS_URL", None)
        cluster = Cluster(folder, options.dashboard_port)
        with step(console, "Ray", cluster.dashboard):
            stack.callback(cluster.stop)
            cluster.start()
        with step(console, "Engine", "vLLM loads the model") as tell:
            cluster.deploy(table)
            for waiting in cluster.progress(patience_s):
                tell(waiting or "deploying")
        url = f"http://{options.host}:{options.port}"
        with step(console, "Ready", url):
            wait_until_answers(url)
        stack.callback(drain)
        if not closed:
            console.print(
                "[yellow]No EVENTSMITH_API_KEYS: open to every program on this machine.[/]"
            )
        yield url


@contextmanager
def _run_folder(fixed: Path | None) -> Generator[Path]:
    """A new one that goes with the run; or the one given, without what a killed run left there."""
    if fixed is None:
        with tempfile.TemporaryDirectory(prefix="es-", ignore_cleanup_errors=True) as name:
            yield Path(name)
        return
    for left in (RAY, PROXY):
        shutil.rmtree(fixed / left, ignore_errors=True)  # where it is a volume, its content goes
    if not os.access(fixed, os.W_OK):
        raise ConfigurationError(
            f"EVENTSMITH_RUN_DIR: {fixed} must be a folder this user can write"
        )
    yield fixed


def wait_for_signal() -> None:
    """Returns on Ctrl-C or SIGTERM."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()


def _config(settings: Settings, options: Options) -> dict[str, Any]:
    table = settings.table(options.config)
    table["http_options"] = {
        **table.get("http_options", {}),
        "host": options.host,
        "port": options.port,
    }
    return table


def _engine_on_cpu(table: dict[str, Any]) -> bool:
    engines = [app.get("args", {}).get("engine", {}) for app in table["applications"]]
    return any(engine.get("device", "cpu") == "cpu" for engine in engines)
