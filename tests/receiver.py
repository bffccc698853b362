"""An HTTP server that keeps what it is sent: it plays Slack, and a collector of traces."""

import json
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


class Message(NamedTuple):
    at: float
    """Seconds, `time.monotonic()`."""
    body: dict[str, Any]

    @property
    def text(self) -> str:
        return json.dumps(self.body, ensure_ascii=False)


class Receiver:
    """What has come so far."""

    def __init__(self, url: str) -> None:
        self.slack_url, self.traces_url = f"{url}/slack", url
        self.messages, self.bodies = list[Message](), list[bytes]()
        self.spans = dict[str, set[tuple[str, str]]]()
        """(deployment, name of the span) by trace."""

    def take(self, path: str, body: bytes) -> None:
        self.bodies.append(body)
        if path.startswith("/slack"):
            self.messages.append(Message(time.monotonic(), json.loads(body)))
        elif path == "/v1/traces":
            self._take_spans(ExportTraceServiceRequest.FromString(body))

    def said(self, *words: str) -> list[Message]:
        """Messages with all of these words in them."""
        return [one for one in self.messages if all(word in one.text for word in words)]

    def _take_spans(self, request: ExportTraceServiceRequest) -> None:
        for resource in request.resource_spans:
            told = {each.key: each.value.string_value for each in resource.resource.attributes}
            for scope in resource.scope_spans:
                for span in scope.spans:
                    trace = self.spans.setdefault(span.trace_id.hex(), set())
                    trace.add((told["eventsmith.deployment"], span.name))


@contextmanager
def receiver() -> Generator[Receiver]:
    """Running on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            kept.take(self.path, self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, format: str, *args: Any) -> None: ...  # noqa: A002

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept = Receiver(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
