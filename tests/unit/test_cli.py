"""`eventsmith ask` and `flag` against a real HTTP server: output, exit status, errors in one line."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from serve.api.examples import EVENT_RESPONSE
from serve.cli import main
from serve.local.preflight import free_port


class Platform(BaseHTTPRequestHandler):
    """Answers what it is told and keeps what it was asked."""

    answer: ClassVar[tuple[int, dict[str, Any]]]
    asked: ClassVar[list[dict[str, Any]]] = []

    def do_POST(self) -> None:
        length = int(self.headers["content-length"])
        self.asked.append(json.loads(self.rfile.read(length)))
        status, body = self.answer
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    do_PUT = do_POST  # noqa: N815 - the library's name

    def do_GET(self) -> None:
        status, body = self.answer
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        pass


@pytest.fixture
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Platform)
    Platform.asked.clear()
    Platform.answer = 200, EVENT_RESPONSE
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def status(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    return int(left.value.code or 0)


def test_ask_with_flags(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert status("ask", "--url", url, "--turn", "9", "--infrastructure", "EC2,RDS", "--json") == 0
    assert Platform.asked[0]["gameState"]["currentTurn"] == 9
    assert Platform.asked[0]["gameState"]["infrastructure"] == ["EC2", "RDS"]
    assert json.loads(capsys.readouterr().out) == EVENT_RESPONSE


def test_ask_with_a_state_file(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "state.json"
    path.write_text(json.dumps({"currentTurn": 3, "cash": 1, "users": 0, "trust": 50}))
    assert status("ask", str(path), "--url", url, "--locale", "en") == 0
    assert Platform.asked[0]["gameState"]["currentTurn"] == 3
    assert Platform.asked[0]["locale"] == "en"
    assert "저녁마다 멈칫하는 결제" in capsys.readouterr().out


def test_a_hand_written_event_is_told_by_the_status(url: str) -> None:
    Platform.answer = 200, {**EVENT_RESPONSE, "source": "static"}
    assert status("ask", "--url", url) == 3


def test_a_refusal_is_the_platform_s_own_words(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Platform.answer = 422, {"detail": "gameState.currentTurn: too large"}
    assert status("ask", "--url", url, "--turn", "99") == 4
    assert "gameState.currentTurn: too large" in capsys.readouterr().err


def test_nobody_answers(capsys: pytest.CaptureFixture[str]) -> None:
    assert status("ask", "--url", f"http://127.0.0.1:{free_port()}") == 1
    assert "make run" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["{", "[1]"])
def test_a_file_that_is_no_state(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    path = tmp_path / "state.json"
    path.write_text(content)
    assert status("ask", str(path)) == 1
    assert "state.json" in capsys.readouterr().err


def test_flag_set(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    Platform.answer = 200, {"name": "llm-events", "enabled": False}
    assert status("flag", "--url", url, "set", "llm-events", "off", "--reason", "why") == 0
    assert Platform.asked == [{"enabled": False, "reason": "why"}]
    assert capsys.readouterr().out == "llm-events is off\n"


INTERVAL = {"value": 0.012, "low": 0.008, "high": 0.017, "count": 4100}
ROLLOUT: dict[str, Any] = {
    "rollout": {
        "subject": "candidate", "candidate": "p2:m1", "status": "running", "share": 0.25,
        "since": 1_790_000_000.0, "changedBy": "controller", "reason": "within its limits",
    },
    "candidate": "p2:m1",
    "assessment": {
        "verdict": "inconclusive",
        "due": False,
        "findings": [
            {"figure": "errors", "verdict": "healthy", "limit": 0.05,
             "candidate": INTERVAL, "current": INTERVAL | {"count": 0}},
        ],
    },
}  # fmt: skip


def test_rollout_status(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    Platform.answer = 200, ROLLOUT
    assert status("rollout", "--url", url, "status") == 0
    told = capsys.readouterr().out
    assert "candidate p2:m1: running, 25% of players" in told
    assert "0.012 (0.008..0.017) of 4100" in told


def test_rollout_before_the_first(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    Platform.answer = 200, {"rollout": None, "candidate": None, "assessment": None}
    assert status("rollout", "--url", url, "status") == 0
    assert "rollout start" in capsys.readouterr().out


def test_rollout_actions_say_why(url: str) -> None:
    Platform.answer = 200, ROLLOUT
    assert status("rollout", "--url", url, "start", "--subject", "llm-events") == 0
    assert status("rollout", "--url", url, "rollback", "--reason", "worse") == 0
    assert Platform.asked == [
        {"action": "start", "reason": "", "subject": "llm-events"},
        {"action": "rollback", "reason": "worse"},
    ]


def test_rollout_refused(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    Platform.answer = 409, {"detail": "there is no roll-out; `start` one"}
    assert status("rollout", "--url", url, "advance") == 4
    assert "`start` one" in capsys.readouterr().err
