"""Errors as `application/problem+json` (RFC 9457), each naming the field and the cure."""

from typing import Any

import orjson
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException as AnyHTTPException
from starlette.routing import Match, Route

from serve.errors import StoreError

TITLES = {
    400: "Bad request",
    401: "Not authenticated",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    408: "Too slow",
    409: "Conflict",
    413: "Body too large",
    415: "Not JSON",
    422: "Not valid",
    429: "Too many requests",
    500: "Internal error",
    503: "Not available",
}
_MOST_ERRORS = 50


class Problem(HTTPException):
    """Raised by a route, a guard or while a body is read; becomes the response.

    FastAPI's own exception, for that alone passes through its reading of a body.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        headers: dict[str, str] | None = None,
        errors: list[dict[str, str]] | None = None,
    ) -> None:
        super().__init__(status, detail, headers)
        self.status, self.errors = status, errors

    def response(self) -> Response:
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": TITLES[self.status],
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors is not None:
            body["errors"] = self.errors
        return Response(
            orjson.dumps(body),
            self.status,
            headers=self.headers,
            media_type="application/problem+json",
        )


def status_of(error: Exception) -> int:
    """What a client is answered when a route raises this."""
    match error:
        case Problem():
            return error.status
        case ValidationError() | RequestValidationError():
            return 422
        case AnyHTTPException():
            return error.status_code
        case StoreError():
            return 503
        case _:
            return 500


def not_valid(error: ValidationError | RequestValidationError) -> Problem:
    """422 naming the fields, up to fifty; the values themselves are not repeated."""
    errors = [
        {
            "field": ".".join(str(part) for part in entry["loc"] if part != "body"),
            "message": entry["msg"],
        }
        for entry in error.errors()[:_MOST_ERRORS]
    ]
    first = errors[0]
    where = first["field"] or "the body"
    return Problem(422, f"{where}: {first['message']}", errors=errors)


def install(app: FastAPI) -> None:
    """Turns everything a route can raise into a problem."""

    async def problem(_: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return error.response()

    async def validation(_: Request, error: Exception) -> Response:
        assert isinstance(error, ValidationError | RequestValidationError)
        return not_valid(error).response()

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, AnyHTTPException)
        headers = dict(error.headers or {})
        if error.status_code == 405:
            headers["Allow"] = ", ".join(_methods(request))
        return Problem(error.status_code, str(error.detail), headers=headers).response()

    async def store(_: Request, __: Exception) -> Response:
        detail = "the store does not answer; try again in a moment"
        return Problem(503, detail, headers={"Retry-After": "1"}).response()

    app.add_exception_handler(Problem, problem)
    app.add_exception_handler(ValidationError, validation)
    app.add_exception_handler(RequestValidationError, validation)
    app.add_exception_handler(AnyHTTPException, http)
    app.add_exception_handler(StoreError, store)


def _methods(request: Request) -> list[str]:
    """All that a path knows; the router tells those of its first route alone."""
    routes = [route for route in request.app.routes if isinstance(route, Route)]
    found = (route for route in routes if route.matches(request.scope)[0] != Match.NONE)
    path = next((route.path for route in found), None)
    methods = (route.methods or set[str]() for route in routes if route.path == path)
    return sorted(set[str]().union(*methods))
