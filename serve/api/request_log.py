"""One JSON line per request, on standard output: what was answered, never what a player sent.

Lines are written once a second, all at once: a write per request would cost more than the request.
"""

import sys
import time
from collections.abc import Mapping
from typing import Any, TextIO

import orjson

from serve.serving import Served

_MOST = 20_000
"""Lines between two writes; what is more than that is counted in the next one's `dropped`."""


class RequestLog:
    """Collects lines; hand it to a background task that flushes it."""

    def __init__(self, *, enabled: bool = True, stream: TextIO | None = None) -> None:
        # Ray Serve puts a logger in the place of `sys.stdout`: with its words around it no line is JSON.
        self._enabled, self._stream = enabled, stream or sys.__stdout__ or sys.stdout
        self._lines: list[Mapping[str, Any]] = []
        self._dropped = 0

    def served(self, request_id: str, served: Served, took_s: float) -> None:
        """An event was answered."""
        self._note(
            request_id,
            200,
            took_s,
            {
                "eventId": served.event_id,
                "source": served.source,
                "outcome": served.outcome(took_s),
                "promptVersion": served.prompt_version,
                "model": served.model,
                "ageSeconds": round(served.age_s, 1),
                "stagesMs": served.timings_ms,
            },
        )

    def refused(self, request_id: str, status: int, took_s: float) -> None:
        """The request was not valid, not allowed or too much."""
        self._note(request_id, status, took_s, {})

    def replayed(self, request_id: str, took_s: float) -> None:
        """The answer was that of an earlier request of the same Idempotency-Key."""
        self._note(request_id, 200, took_s, {"source": "replay"})

    def acted(self, request_id: str, actor: str, action: str, status: int, took_s: float) -> None:
        """An admin, or Alertmanager, did or looked at something; `actor` is empty where nobody was let in."""
        self._note(request_id, status, took_s, {"actor": actor, "action": action})

    async def flush(self) -> None:
        """Writes what was collected. Never raises: a full disk must not stop anybody."""
        lines, self._lines = self._lines, []
        if not lines:
            return
        try:
            self._stream.write("".join(f"{orjson.dumps(line).decode()}\n" for line in lines))
            self._stream.flush()
        except OSError:
            self._dropped += len(lines)

    def _note(self, request_id: str, status: int, took_s: float, more: Mapping[str, Any]) -> None:
        if not self._enabled:
            return
        if len(self._lines) >= _MOST:
            self._dropped += 1
            return
        line: dict[str, Any] = {
            "at": round(time.time(), 3),
            "requestId": request_id,
            "status": status,
            "tookMs": round(took_s * 1000, 2),
            **more,
        }
        if self._dropped:
            line["dropped"], self._dropped = self._dropped, 0
        self._lines.append(line)
