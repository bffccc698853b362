"""A short cut for the one call that matters: past routing, dependencies and exit stacks.

FastAPI's route for the same path stays, for the OpenAPI document and for whoever mounts the application
differently; both run `events.next_event`, so they cannot differ in what they answer.
"""

import time

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from serve.api import events, problems
from serve.api.backend import Backend, GetBackend


class HotPath:
    """Answers `POST /api/llm/events` itself and passes everything else on."""

    def __init__(self, app: ASGIApp, get_backend: GetBackend) -> None:
        self._app, self._get_backend = app, get_backend

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != events.PATH or scope["method"] != "POST":
            return await self._app(scope, receive, send)
        request, backend, arrived = (
            Request(scope, receive),
            self._get_backend(),
            time.perf_counter(),
        )
        try:
            response = await events.next_event(request, backend)
        except problems.Problem as problem:
            response = _refused(request, backend, problem, arrived)
        except ValidationError as error:
            response = _refused(request, backend, problems.not_valid(error), arrived)
        return await response(scope, receive, send)


def _refused(
    request: Request, backend: Backend, problem: problems.Problem, arrived: float
) -> Response:
    took = time.perf_counter() - arrived
    backend.log.refused(events.request_id_of(request), problem.status, took)
    return problem.response()
