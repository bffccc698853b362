"""Every route says who may call it, and is called by nobody else: checked before its body is read."""

import time
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, NamedTuple

from fastapi import APIRouter, FastAPI, Request, Response, Security
from fastapi.routing import APIRoute
from fastapi.security import APIKeyHeader, HTTPBearer
from starlette.routing import BaseRoute, Route

from serve.api import problems
from serve.api.backend import Backend, GetBackend
from serve.api.bodies import JsonRequest, must_be_json
from serve.api.security import Caller
from serve.settings.access import Scope

_CALLER = "eventsmith.caller"
_DOCUMENTS = ("/openapi.json", "/docs", "/docs/oauth2-redirect")
"""FastAPI's own: the contract, no data."""
_SCHEMES = (
    HTTPBearer(auto_error=False, scheme_name="bearer"),
    APIKeyHeader(name="X-API-Key", auto_error=False, scheme_name="key"),
)
"""For the document alone: the guard has decided before they are looked at."""

_Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Guarded(APIRoute):
    """A route of one scope; None is public."""

    scope: Scope | None = None

    def guarded(self, handler: _Handler, get_backend: GetBackend) -> _Handler:
        """The handler behind the guard; what an admin does is logged, whatever comes of it."""
        scope = self.scope
        if scope is None:
            return handler

        async def admitted(request: Request) -> Response:
            backend, began = get_backend(), time.perf_counter()
            name, status = "", 500
            try:
                found = caller(request, backend, scope)
                name = found.name
                response = await handler(self._readable(request))
                status = response.status_code
                return response
            except Exception as error:
                status = problems.status_of(error)
                raise
            finally:
                if scope is not Scope.GAME:
                    self._log(request, backend, name, status, time.perf_counter() - began)

        return admitted

    def _readable(self, request: Request) -> Request:
        """The request as FastAPI may read it. Raises Problem 415."""
        if self.body_field is None:
            return request
        must_be_json(request)
        return JsonRequest(request.scope, request.receive)

    def _log(
        self, request: Request, backend: Backend, name: str, status: int, took_s: float
    ) -> None:
        action = f"{request.method} {self.path_format}"
        backend.log.acted(request.headers.get("x-request-id", ""), name, action, status, took_s)


def guarded(get_backend: GetBackend, scope: Scope | None, **options: Any) -> APIRouter:
    """A router all of whose routes have this scope; `options` are FastAPI's."""

    class Route(Guarded):
        def get_route_handler(self) -> _Handler:
            return self.guarded(super().get_route_handler(), get_backend)

    Route.scope = scope
    if scope is not None:
        schemes = [Security(scheme, scopes=[scope]) for scheme in _SCHEMES]
        options = {"dependencies": schemes} | options
    return APIRouter(route_class=Route, **options)


def caller(request: Request, backend: Backend, scope: Scope) -> Caller:
    """Who calls, asked of the keyring once per request. Raises Problem."""
    known: Caller | None = request.scope.get(_CALLER)
    if known is None:
        known = request.scope[_CALLER] = backend.keyring.admit(request, scope)
    return known


def actor(request: Request) -> str:
    """The name of the key behind a request that was let in, for the audit trail."""
    known: Caller = request.scope[_CALLER]
    return known.name


class Entry(NamedTuple):
    """A row of the table of routes."""

    method: str
    path: str
    scope: str
    """`public` where no key is asked for."""


def table(app: FastAPI) -> Iterator[Entry]:
    """Every route there is. Raises TypeError for one that nobody has given a scope."""
    for route in app.routes:
        for method in sorted(getattr(route, "methods", None) or {"*"}):
            yield Entry(method, getattr(route, "path", "*"), _scope(route))


def _scope(route: BaseRoute) -> str:
    if isinstance(route, Guarded):
        return str(route.scope or "public")
    if isinstance(route, Route) and route.path in _DOCUMENTS:
        return "public"
    raise TypeError(f"{getattr(route, 'path', route)}: not made by guarded(), so nobody guards it")
