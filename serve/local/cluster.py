"""A Ray cluster of one machine with the platform deployed on it."""

import logging
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from serve.errors import ConfigurationError
from serve.local.draining import DESK, LONGEST_S
from serve.local.preflight import free_port

RAY, PROXY = "ray", "h"
"""In the run folder. HAProxy adds a long name of its own, and a socket path has 97 characters."""
SLOWEST_HEAD_S = 5
"""Until the head of a request has come; also how long a connection may say nothing at first."""
EVERYWHERE = {
    "RAY_SERVE_ENABLE_HA_PROXY": "1",
    "RAY_SERVE_THROUGHPUT_OPTIMIZED": "1",
    # That would hold a thousand log lines back: a warning is read days later, or dies with its replica.
    "RAY_SERVE_REQUEST_PATH_LOG_BUFFER_SIZE": "1",
    "RAY_SERVE_HTTP_PROXY_CALLBACK_IMPORT_PATH": "serve.deployments.front:middlewares",
    "RAY_SERVE_PROXY_HEALTH_CHECK_PERIOD_S": "0.25",  # three in a row, and a dead HAProxy is replaced
    "RAY_SERVE_PROXY_HEALTH_CHECK_TIMEOUT_S": "2",
    # A replica that dies under a request: it is asked of another, for an event may be asked twice.
    "RAY_SERVE_HAPROXY_RETRY_ON": "conn-failure empty-response",
    "RAY_SERVE_HAPROXY_TIMEOUT_CLIENT_S": "40",  # of silence, once a head has come; an hour by default
    # Ray has no variable for how long a head may take, nor for telling a replica who calls, which patience
    # with wrong keys goes by. What this one says ends up in HAProxy's defaults.
    "RAY_SERVE_HAPROXY_BALANCE_ALGORITHM": f"leastconn\n    timeout http-request {SLOWEST_HEAD_S}s"
    "\n    option forwardfor",
    "RAY_SERVE_HAPROXY_METRICS_ENABLED": "0",  # a log line per request, parsed by Python
    "RAY_AUTH_MODE": "token",  # `ray start` lets everybody in by default
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_worker_niceness": "0",  # Ray treats its workers as batch work; these answer players
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
"""What Ray must find in its environment before it starts, on every node of every form of deployment."""


def prepare_environment(folder: Path) -> None:
    """Before Ray is imported: it reads these once, and its processes inherit them."""
    proxy = folder / PROXY
    os.environ |= EVERYWHERE | {
        "RAY_SERVE_ENABLE_HA_PROXY": os.environ.get("RAY_SERVE_ENABLE_HA_PROXY", "1"),
        "RAY_SERVE_DIRECT_INGRESS_MIN_DRAINING_PERIOD_S": "1",
        "RAY_SERVE_HAPROXY_NBTHREAD": "1",
        "RAY_SERVE_HAPROXY_HARD_STOP_AFTER_S": str(LONGEST_S),
        "RAY_SERVE_HAPROXY_CONFIG_FILE_LOC": f"{proxy}/haproxy.cfg",
        "RAY_SERVE_HAPROXY_SOCKET_PATH": f"{proxy}/{DESK}",
        "RAY_SERVE_HAPROXY_SERVER_STATE_BASE": str(proxy),
        "RAY_SERVE_HAPROXY_SERVER_STATE_FILE": f"{proxy}/server-state",
        "RAY_SERVE_HAPROXY_METRICS_SOCKET_PATH": f"{proxy}/metrics.sock",
        "RAY_SERVE_HAPROXY_METRICS_PORT": str(free_port()),
        "RAY_SERVE_HAPROXY_STATS_PORT": str(free_port()),
        "RAY_DISABLE_IMPORT_WARNING": "1",
    }
    # Bytecode saves every worker process ten seconds of vLLM's import.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


class Cluster:
    """Ray, started and stopped by this process."""

    def __init__(self, folder: Path, dashboard_port: int) -> None:
        self._folder, self._dashboard_port = folder, dashboard_port

    def start(self) -> None:
        """Raises ConfigurationError when Ray does not come up."""
        import ray

        try:
            ray.init(
                address="local",
                num_cpus=max(2, os.cpu_count() or 2),
                include_dashboard=True,
                dashboard_port=self._dashboard_port,
                object_store_memory=128 << 20,
                log_to_driver=False,
                logging_level=logging.ERROR,
                _temp_dir=str(self._folder / RAY),
            )
        except Exception as error:  # a node that is not there in time is told by a bare one
            raise ConfigurationError(f"Ray does not start: {error}") from error

    def deploy(self, config: dict[str, Any]) -> None:
        """Hands a `configs/serve/*.yaml` to Ray Serve, exactly as `serve deploy` does."""
        from ray.dashboard.modules.serve.sdk import ServeSubmissionClient

        ServeSubmissionClient(self.dashboard).deploy_applications(config)

    @property
    def dashboard(self) -> str:
        return f"http://127.0.0.1:{self._dashboard_port}"

    def progress(self, patience_s: float) -> Iterator[str]:
        """The deployments still starting, each half second, until all run.

        Raises ConfigurationError when one fails or time is up.
        """
        from ray import serve as ray_serve

        end = time.monotonic() + patience_s
        while time.monotonic() < end:
            for app in ray_serve.status().applications.values():
                if app.status == "DEPLOY_FAILED":
                    raise ConfigurationError(f"the platform does not start: {_reason(app)}")
                waiting = [
                    name for name, state in app.deployments.items() if state.status != "HEALTHY"
                ]
                if app.status == "RUNNING" and not waiting:
                    return
                yield ", ".join(waiting)
            time.sleep(0.5)
        raise ConfigurationError(
            f"the platform is not ready after {patience_s:g} s; look at {self.dashboard}"
        )

    def stop(self) -> None:
        import ray

        if not ray.is_initialized():  # it did not start, and Serve would start another to shut down
            return
        with suppress(Exception):  # whatever state Serve is in, Ray must still be stopped
            from ray import serve as ray_serve

            ray_serve.shutdown()
        ray.shutdown()


def wait_until_answers(url: str) -> None:
    """Waits for the ingress itself. Raises ConfigurationError after thirty seconds."""
    for _ in range(300):
        with suppress(httpx.HTTPError):
            if httpx.get(f"{url}/readyz", timeout=2).status_code == 200:
                return
        time.sleep(0.1)
    raise ConfigurationError(f"{url} does not answer although the platform runs")


def _reason(app: Any) -> str:
    """The last line of what Serve says, without the stack trace in it."""
    messages = [app.message, *(state.message for state in app.deployments.values())]
    lines = [line for message in messages if message for line in message.strip().splitlines()]
    return lines[-1].strip() if lines else "no reason given"
