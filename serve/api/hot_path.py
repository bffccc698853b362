"""A short cut for the one call that matters: past routing, dependencies and exit stacks.

FastAPI's route for the same path stays, for the OpenAPI document and for whoever mounts the application
differently; both run `events.next_event`, so they cannot differ in what they answer.
"""

from pydantic import ValidationError
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from serve.api import events, problems
from serve.api.backend import GetBackend


class HotPath:
    """Answers `POST /api/llm/events` itself and passes everything else on."""

    def __init__(self, app: ASGIApp, get_backend: GetBackend) -> None:
        self._app, self._get_backend = app, get_backend

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != events.PATH or scope["method"] != "POST":
            return await self._app(scope, receive, send)
        try:
            response = await events.next_event(Request(scope, receive), self._get_backend())
        except problems.Problem as problem:
            response = problem.response()
        except ValidationError as error:
            response = problems.not_valid(error).response()
        return await response(scope, receive, send)
