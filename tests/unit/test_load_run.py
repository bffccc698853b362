"""Load runs with Locust against a real server over HTTP, each in a process of its own."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from serve.api.examples import EVENT_RESPONSE

EVENT = EVENT_RESPONSE["event"]
Answering = Callable[[dict[str, Any]], tuple[int, Any]]


def pooled(_: dict[str, Any]) -> tuple[int, Any]:
    return 200, EVENT_RESPONSE | {"source": "pool"}


class Server(ThreadingHTTPServer):
    """Answers every event call with what `answering` says, and keeps what was asked."""

    request_queue_size = 512

    def __init__(self, answering: Answering) -> None:
        self.answering, self.asked = answering, list[tuple[float, dict[str, Any], str]]()
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_GET(self) -> None:
        self._answer(200, {})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((time.time(), body, self.headers.get("Authorization", "")))
        self._answer(*self.server.answering(body))

    def _answer(self, status: int, answer: Any) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None: ...  # noqa: A002 (the library's name)


@contextmanager
def serving(answering: Answering) -> Generator[Server]:
    with Server(answering) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


def start(url: str, out: Path, *options: str, key: str = "") -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "loadtest.run", "--url", url, "--out", str(out), *options]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"EVENTSMITH_API_KEY": key},
    )


def drive(url: str, out: Path, *options: str, key: str = "") -> tuple[int, dict[str, str], str]:
    """(exit status, last line, everything told on the way)."""
    process = start(url, out, *options, key=key)
    said, told = process.communicate(timeout=60)
    last = said.splitlines()[-1] if said else ""
    return process.returncode, dict(part.split("=") for part in last.split()), told


def test_players_ask_with_their_own_states_and_the_run_leaves_a_report(tmp_path: Path) -> None:
    with serving(pooled) as server:
        code, last, told = drive(
            server.url, tmp_path, "--rate", "150", "--duration", "1.2", key="secret"
        )
    assert code == 0, told
    assert last["passed"] == "true"
    assert (last["errors"], last["hit_rate"], last["llm_share"]) == ("0", "1.000", "1.0000")
    asked = [body for _, body, _ in server.asked]
    assert int(last["requests"]) == len(asked)
    assert {key for *_, key in server.asked} == {"Bearer secret"}
    states = {json.dumps(body["gameState"], sort_keys=True) for body in asked}
    assert len(states) > 0.9 * len(asked)
    assert len({body["gameState"]["currentTurn"] for body in asked}) > 10
    files = {path.name for path in tmp_path.iterdir()}
    assert files >= {"report.md", "latency.png", "timeline.png", "requests.csv", "figures.json"}
    assert files >= {"locust.html", "locust_stats.csv", "locust_failures.csv"}
    assert "event (pool)" in (tmp_path / "locust_stats.csv").read_text("utf-8")
    assert "Load: smoke, passed" in (tmp_path / "report.md").read_text("utf-8")


def test_time_spent_waiting_for_the_generator_counts(tmp_path: Path) -> None:
    """Sixty a second through one connection to a server that takes 30 ms: a closed loop would
    report 30 ms, the players of an open one wait longer and longer."""

    def slow(body: dict[str, Any]) -> tuple[int, Any]:
        time.sleep(0.03)
        return pooled(body)

    with serving(slow) as server:
        code, last, told = drive(
            server.url, tmp_path, "--rate", "60", "--duration", "0.8", "--connections", "1"
        )
    assert code in (0, 1), told
    assert float(last["p95_ms"]) > 300
    figures = json.loads((tmp_path / "figures.json").read_text("utf-8"))
    assert figures["late_p99_ms"] > 300
    rows = csv.DictReader((tmp_path / "locust_stats.csv").open(encoding="utf-8"))
    assert all(float(row["95%"]) > 300 for row in rows)
    assert "give it a core of its own" in (tmp_path / "report.md").read_text("utf-8")


def test_ctrl_c_ends_with_the_report_of_what_was_measured(tmp_path: Path) -> None:
    """Every third answer is malformed: a failure, though the server said 200."""
    wrong = EVENT_RESPONSE | {"event": EVENT | {"choices": []}}

    def answering(body: dict[str, Any]) -> tuple[int, Any]:
        status = {0: (200, wrong), 1: (500, {"detail": "it broke"})}
        return status.get(len(server.asked) % 3) or pooled(body)

    with serving(answering) as server:
        process = start(server.url, tmp_path, "--profile", "soak", "--rate", "100")
        while len(server.asked) < 150:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        said, told = process.communicate(timeout=30)
    last = dict(part.split("=") for part in said.splitlines()[-1].split())
    assert process.returncode == 1, told
    assert 0.6 < int(last["errors"]) / int(last["requests"]) < 0.7
    report = (tmp_path / "report.md").read_text("utf-8")
    assert "Stopped after" in report
    for failure in ("event.choices: Tuple should have at least 2 items", "status 500: it broke"):
        assert failure in report
        assert failure in (tmp_path / "locust_failures.csv").read_text("utf-8")


def test_an_address_where_nobody_answers_is_named_with_its_cure(tmp_path: Path) -> None:
    code, _, told = drive("http://127.0.0.1:9", tmp_path)
    assert code == 2
    assert "--url http://127.0.0.1:9: does not answer" in told
