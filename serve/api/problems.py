"""Errors as `application/problem+json` (RFC 9457), each naming the field and the cure."""

from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from serve.errors import StoreError

_TITLES = {
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


_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
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


def status_of(error: Exception) -> int:
    """What a client is answered when a route raises this."""
    match error:
        case Problem():
            return error.status
        case ValidationError() | RequestValidationError():
            return 422
        case HTTPException():
            return error.status_code
        case StoreError():
            return 503
        case _:
            return 500


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """How these answers look in the OpenAPI document."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": _TITLES[status], "content": content} for status in statuses}


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
    """Turns everything a route can raise into a problem, and says so in the document."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        document = plain()
        document["components"]["schemas"].setdefault("Problem", _SCHEMA)
        return document

    app.openapi = openapi

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

    app.add_exception_handler(Problem, problem)
    app.add_exception_handler(ValidationError, validation)
    app.add_exception_handler(RequestValidationError, validation)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(StoreError, store)
