"""MLflow and Prometheus beside the platform, as production has them: real servers that can go away."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import yaml

from serve.errors import ConfigurationError
from serve.local.preflight import free_port

_START_S, _STOP_S, _POLL_S = 120.0, 20.0, 0.2
_PROMETHEUS = "prometheus"


class Server:
    """A program that listens; it can be killed and started again."""

    def __init__(self, command: Sequence[str], ready: str, log: Path) -> None:
        self._command, self._ready, self._log = command, ready, log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Does not wait."""
        environment = os.environ | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def wait(self) -> None:
        """Until it answers. Raises ConfigurationError with the last it said."""
        end = time.monotonic() + _START_S
        while time.monotonic() < end and self._process and self._process.poll() is None:
            if self._answers():
                return
            time.sleep(_POLL_S)
        told = self._log.read_text("utf-8", "replace")[-1000:]
        raise ConfigurationError(f"{self._command[0]} does not start:\n{told}")

    def kill(self) -> None:
        """At once, with everything it has started."""
        if self._process and self._process.poll() is None:
            os.killpg(self._process.pid, 9)
            self._process.wait(_STOP_S)

    def _answers(self) -> bool:
        try:
            return httpx.get(self._ready, timeout=2).status_code == 200
        except httpx.HTTPError:
            return False


class Surroundings:
    """What stands around a platform: MLflow holds its prompt, Prometheus reads its metrics."""

    def __init__(self, folder: Path, run: Path) -> None:
        """`run` is the platform's run folder, where Ray tells Prometheus what to read."""
        self._port, scraping = free_port(), free_port()
        store = f"sqlite:///{folder / 'mlflow.db'}"
        mlflow = [
            sys.executable, "-m", "mlflow", "server", "--workers", "1", "--host", "127.0.0.1",
            "--port", str(self._port), "--backend-store-uri", store,
        ]  # fmt: skip
        self.mlflow = Server(mlflow, f"{self.mlflow_url}/health", folder / "mlflow.log")
        self.prometheus: Server | None = None
        """None where it is not installed."""
        if shutil.which(_PROMETHEUS):
            config = folder / "prometheus.yml"
            config.write_text(_scraping(run), "utf-8")
            command = [
                _PROMETHEUS, f"--config.file={config}", f"--storage.tsdb.path={folder / 'tsdb'}",
                f"--web.listen-address=127.0.0.1:{scraping}",
            ]  # fmt: skip
            ready = f"http://127.0.0.1:{scraping}/-/ready"
            self.prometheus = Server(command, ready, folder / "prometheus.log")

    @property
    def mlflow_url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def environment(self) -> dict[str, str]:
        """Of a platform that takes its prompt from this MLflow."""
        return {
            "PROMPT_SOURCE": "registry",
            "MLFLOW_TRACKING_URI": self.mlflow_url,
            "PROMPT_POLL_SECONDS": "2",
        }

    def publish(self) -> None:
        """Puts the shipped prompt in force there. Raises ConfigurationError."""
        command = str(Path(sys.executable).with_name("eventsmith-eval"))
        done = subprocess.run(
            [command, "publish", "compact", "--alias", "production"],
            env=os.environ | {"MLFLOW_TRACKING_URI": self.mlflow_url},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise ConfigurationError(f"the prompt is not published: {done.stderr[-500:]}")

    @contextmanager
    def running(self) -> Generator[None]:
        """Both, the prompt being in force."""
        with ExitStack() as stack:
            for server in filter(None, (self.mlflow, self.prometheus)):
                stack.callback(server.kill)
                server.start()
            for server in filter(None, (self.mlflow, self.prometheus)):
                server.wait()
            self.publish()
            yield


def _scraping(run: Path) -> str:
    job = {
        "job_name": "ray",
        "file_sd_configs": [
            {"files": [f"{run}/ray/prom_metrics_service_discovery.json"], "refresh_interval": "1s"}
        ],
    }
    return yaml.safe_dump({"global": {"scrape_interval": "2s"}, "scrape_configs": [job]})
