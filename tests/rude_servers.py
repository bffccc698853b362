"""A model server, a judge and an MLflow that often refuse or talk nonsense, and repeat the key they got."""

import json
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from typing import Any, NamedTuple

from fakes import GOOD_DRAFT

MOODS = (
    "good",
    "good",
    "refuse",
    "good",
    "garbage",
    "good",
    "good",
    "error",
    "good",
    "cut",
    "good",
)


class _Rude(BaseHTTPRequestHandler):
    """Answers each call of a model in its next mood."""

    moods: Iterator[str]
    heard: str = ""
    """Of the caller's headers and path, what an angry server would throw back."""
    received: list[str]
    """All that was heard, by all of its server's requests."""

    def do_GET(self) -> None:
        self._hear()
        if "/models" in self.path:
            return self._say(200, json.dumps({"object": "list", "data": []}))
        return self._say(401, json.dumps({"message": f"refused: {self.heard}"}))

    def do_POST(self) -> None:
        self._hear()
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        match next(self.moods):
            case "refuse":
                return self._say(401, json.dumps({"error": {"message": f"bad key {self.heard}"}}))
            case "garbage":
                return self._say(200, f"data: {{{self.heard}\n\ndata: [DONE]\n\n")
            case "error":
                told = {"error": {"message": f"no key {self.heard}", "code": self.heard}}
                return self._say(200, f"data: {json.dumps(told)}\n\n")
            case "cut":
                return self._say(500, self.heard)
            case _:
                return self._say(200, _completion(asked, self.path))

    def log_message(self, format: str, *args: Any) -> None: ...  # noqa: A002

    def _hear(self) -> None:
        self.heard = f"{self.headers.get('Authorization', '')} {self.path}"
        self.received.append(self.heard)

    def _say(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        kind = "text/event-stream" if text.startswith("data: ") else "application/json"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class RudeServer(NamedTuple):
    address: str
    """The model is at `/model`, the judge at `/judge`, all else is refused."""
    received: list[str]
    """Authorization and path of each call."""


@contextmanager
def rude_server() -> Generator[RudeServer]:
    """Running on loopback."""
    received = list[str]()
    handler = type("Handler", (_Rude,), {"received": received, "moods": cycle(MOODS)})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield RudeServer(f"127.0.0.1:{server.server_port}", received)
    finally:
        server.shutdown()
        server.server_close()


def _completion(asked: dict[str, Any], path: str) -> str:
    if path.startswith("/judge"):
        message = {"role": "assistant", "content": "4"}
        return json.dumps({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})
    text = json.dumps(GOOD_DRAFT, ensure_ascii=False)
    chunk = {"choices": [{"index": 0, "text": text, "finish_reason": "stop"}]}
    return f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n"
