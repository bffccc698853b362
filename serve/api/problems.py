"""Errors as `application/problem+json` (RFC 9457), each naming the field and the cure."""

import logging
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from serve.errors import StoreError, origin

_log = logging.getLogger(__name__)

_TITLES = {
    400: "Bad request",
    401: "Not authenticated",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    413: "Body too large",
    415: "Not JSON",
    422: "Not valid",
    429: "Too many requests",
    500: "Internal error",
    503: "Not available",
}


class Problem(Exception):
    """Raised by a route or a guard; becomes the response."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        headers: dict[str, str] | None = None,
        errors: list[dict[str, str]] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers, self.errors = status, detail, headers, errors

    def response(self) -> Response:
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": _TITLES[self.status],
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


def not_valid(error: ValidationError | RequestValidationError) -> Problem:
    """422 naming every field; the values themselves are not repeated."""
    errors = [
        {
            "field": ".".join(str(part) for part in entry["loc"] if part != "body"),
            "message": entry["msg"],
        }
        for entry in error.errors()
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

    async def http(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        headers = dict(error.headers) if error.headers else None
        return Problem(error.status_code, str(error.detail), headers=headers).response()

    async def store(_: Request, __: Exception) -> Response:
        detail = "the store does not answer; try again in a moment"
        return Problem(503, detail, headers={"Retry-After": "1"}).response()

    async def unexpected(_: Request, error: Exception) -> Response:
        _log.error("%s\n%s", type(error).__name__, origin(error))
        return Problem(500, "something broke that should not have; it is in the logs").response()

    app.add_exception_handler(Exception, unexpected)
    app.add_exception_handler(Problem, problem)
    app.add_exception_handler(ValidationError, validation)
    app.add_exception_handler(RequestValidationError, validation)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(StoreError, store)
