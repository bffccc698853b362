"""A real MLflow server that dies while a suite is logged, and comes back."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import mlflow
import pytest
from mlflow import MlflowClient
from tracked import ARMS, suite_log, trials

from evaluation.tracking import TrackingError
from evaluation.tracking.reading import arms_of, read_run
from evaluation.tracking.runs import log_suite
from evaluation.tracking.suite_log import SUITES


class Server:
    """`mlflow server` on a free port of this machine, with SQLite and files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.uri = f"http://127.0.0.1:{self._port}"
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "mlflow", "server", "--port", str(self._port)]
        command += ["--backend-store-uri", f"sqlite:///{self._folder / 'mlflow.db'}"]
        command += ["--artifacts-destination", str(self._folder / "artifacts"), "--workers", "1"]
        away = {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}
        with (self._folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=os.environ | away,
                cwd=self._folder,
                start_new_session=True,
            )
        self._await()

    def kill(self) -> None:
        """All its processes at once, as when a machine goes down."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _await(self) -> None:
        until = time.monotonic() + 90
        while time.monotonic() < until:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self.uri}/health", timeout=1).is_success:
                    return
            time.sleep(0.2)
        raise AssertionError((self._folder / "server.log").read_text("utf-8")[-2000:])


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    before = mlflow.get_tracking_uri()
    started = Server(tmp_path)
    yield started
    started.kill()
    mlflow.set_tracking_uri(before)


def test_what_was_interrupted_is_logged_whole_once_the_server_is_back(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report"
    report.mkdir()
    (report / "report.html").write_text("<h1>report</h1>", "utf-8")
    log = suite_log(report, count=12)

    def die(_: str) -> None:
        server.kill()

    begun = time.monotonic()
    with pytest.raises(TrackingError, match="does not answer; start it"):
        log_suite(log, server.uri, progress=die)
    assert time.monotonic() - begun < 30

    server.start()
    runs = log_suite(log, server.uri)
    client: Any = MlflowClient(tracking_uri=server.uri)
    experiment = client.get_experiment_by_name(SUITES).experiment_id
    assert len(client.search_runs([experiment])) == 3
    for arm in ARMS:
        info, results = read_run(runs[arm], server.uri)
        assert results == trials(arm, 12)
        traces = list(client.search_traces(locations=[experiment], run_id=runs[arm]))
        assert len(traces) == 4
        written = [one for one in traces if one.info.state == "OK"]
        assert all(one.data.spans[0].outputs["title"] for one in written)
        assert all(len(one.info.assessments) == 5 for one in written)
        assert arms_of(info.parent, server.uri) == runs
        assert {one.path for one in client.list_artifacts(info.parent)} == {"report.html"}
    (kept,) = client.search_datasets(experiment_ids=[experiment])
    mlflow.set_tracking_uri(server.uri)
    assert len(kept.records) == 12
    assert log_suite(log, server.uri) == runs
    assert capsys.readouterr().out == ""  # a command's output is its own
    assert len(client.search_runs([experiment])) == 3
