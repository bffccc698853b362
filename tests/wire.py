"""HTTP by hand: bytes on a socket that no client library would send, and what comes back."""

import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import orjson
from live_platform import KEY, request

PATH = b"/api/llm/events"
JSON = b"Content-Type: application/json\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def problem(self) -> dict[str, Any]:
        """The body of an error of ours."""
        assert self.headers["content-type"] == "application/problem+json", self
        read = orjson.loads(self.body)
        assert read["status"] == self.status
        return read


@dataclass
class Exchange:
    """Everything that came back on one connection."""

    answers: list[Answer] = field(default_factory=list[Answer])
    closed: bool = False
    """By the other side; False where it was still open when we stopped reading."""
    took_s: float = 0.0

    @property
    def statuses(self) -> list[int]:
        return [answer.status for answer in self.answers]


def call(
    body: bytes | None = None,
    *,
    path: bytes = PATH,
    method: bytes = b"POST",
    head: bytes = JSON,
    length: bytes | None = None,
) -> bytes:
    """A request with the game's key; `length` is what Content-Length says, b"" for none."""
    body = valid() if body is None else body
    told = str(len(body)).encode() if length is None else length
    lines = head + (b"Content-Length: " + told + b"\r\n" if told else b"")
    key = KEY.encode()
    start = method + b" " + path + b" HTTP/1.1\r\nHost: game\r\nAuthorization: Bearer " + key
    return start + b"\r\n" + lines + b"\r\n" + body


def get(path: bytes, method: bytes = b"GET") -> bytes:
    return call(b"", path=path, method=method, head=b"", length=b"")


def valid(**changes: Any) -> bytes:
    """A request that is answered within a second, whatever the engine is doing."""
    changes.setdefault("deadlineMs", 1000)
    return orjson.dumps(request(**changes))


def chunks(body: bytes, size: int = 8192) -> bytes:
    pieces = (body[at : at + size] for at in range(0, len(body), size))
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def connect(url: str, patience_s: float = 10) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname, parts.port), timeout=patience_s)


def exchange(
    url: str,
    *pieces: bytes | float,
    answers: int = 1,
    half_close: bool = False,
    patience_s: float = 10,
) -> Exchange:
    """Sends the pieces, waiting the seconds between them; reads until so many answers have come, the
    other side closes, or patience ends."""
    heard, began, data = Exchange(), time.monotonic(), b""
    with connect(url, patience_s) as line, suppress(OSError):
        _say(line, pieces)
        if half_close:
            line.shutdown(socket.SHUT_WR)
        while len(heard.answers) < answers:
            more = line.recv(65536)
            if not more:
                heard.closed = True
                break
            data = _answers(data + more, heard.answers)
        heard.closed = heard.closed or _ends(line)
    heard.took_s = time.monotonic() - began
    return heard


def _say(line: socket.socket, pieces: Sequence[bytes | float]) -> None:
    with suppress(BrokenPipeError, ConnectionResetError):  # it may have answered already
        for piece in pieces:
            if isinstance(piece, bytes):
                line.sendall(piece)
            else:
                time.sleep(piece)


def _answers(data: bytes, into: list[Answer]) -> bytes:
    """Takes whole answers off the front; what is left."""
    while b"\r\n\r\n" in data:
        head, _, rest = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        length = int(headers.get("content-length", "0"))
        if len(rest) < length:
            break
        into.append(Answer(int(first.split()[1]), headers, rest[:length]))
        data = rest[length:]
    return data


def _ends(line: socket.socket) -> bool:
    """Whether the other side closes right after its answer."""
    line.settimeout(0.05)
    try:
        return line.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True
