"""A short cut for the one call that matters: past routing, dependencies and exit stacks.

FastAPI's route for the same path stays, for the OpenAPI document and for whoever mounts the application
differently; all run the same functions of `events`, so they cannot differ in what they answer.
"""

import time
from collections.abc import Callable

from pydantic import ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from serve import telemetry
from serve.api import events, problems
from serve.api.backend import Backend, GetBackend
from serve.api.limits import LARGEST_BODY, announced, limited
from serve.api.request_id import cleaned, named

_CALL = "eventsmith.call"


class HotPath:
    """Answers `POST /api/llm/events` and passes everything else on."""

    def __init__(self, app: ASGIApp, get_backend: GetBackend) -> None:
        self._app, self._get_backend = app, get_backend

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            named(scope)
        if not _is_event_call(scope):
            return await self._app(scope, receive, send)
        backend, call = self._get_backend(), scope.get(_CALL)
        if call is not None:
            response = await events.in_time(call, backend)
        else:
            request, arrived = Request(scope, receive), time.perf_counter()
            try:
                response = await events.next_event(request, backend)
            except (problems.Problem, ValidationError) as error:
                response = _refused(request, backend, error, arrived)
        return await response(scope, receive, send)


class AtOnce:
    """Stands before the server's own machinery: answers what needs no writing, passes on what does.

    A call that was read here takes what was read along. One that has to be traced or repeated
    (`Idempotency-Key`) is not touched.
    """

    def __init__(self, app: ASGIApp, find_backend: Callable[[], Backend | None]) -> None:
        self._app, self._find_backend = app, find_backend

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            cleaned(scope)
        backend = self._find_backend() if _is_event_call(scope) else None
        if backend is None or telemetry.is_on() or _takes_the_long_way(scope):
            return await self._app(scope, receive, send)
        header, arrived = named(scope), time.perf_counter()
        request = Request(scope, limited(receive))
        try:
            call = await events.begin(request, backend)
        except (problems.Problem, ValidationError) as error:
            response = _refused(request, backend, error, arrived)
        except ClientDisconnect:
            return None
        else:
            response = await events.at_once(call, backend)
            if response is None:
                scope[_CALL] = call
                return await self._app(scope, receive, send)
        response.raw_headers.append(header)
        return await response(scope, receive, send)


def _is_event_call(scope: Scope) -> bool:
    return scope["type"] == "http" and scope["path"] == events.PATH and scope["method"] == "POST"


def _takes_the_long_way(scope: Scope) -> bool:
    repeated = any(name == b"idempotency-key" for name, _ in scope["headers"])
    return repeated or announced(scope) > LARGEST_BODY


def _refused(
    request: Request, backend: Backend, error: problems.Problem | ValidationError, arrived: float
) -> Response:
    problem = problems.not_valid(error) if isinstance(error, ValidationError) else error
    took = time.perf_counter() - arrived
    backend.log.refused(events.request_id_of(request), problem.status, took)
    return problem.response()
