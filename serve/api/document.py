"""What the OpenAPI document says beyond what FastAPI reads off the routes: how errors look, which of them
every call of a kind can give, and that unknown fields are welcome."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from serve.api.problems import TITLES

_PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "description": "The fields that are wrong, the first fifty of them.",
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
_HEADERS: dict[int, dict[str, str]] = {
    401: {"WWW-Authenticate": "Always `Bearer`."},
    429: {"Retry-After": "Seconds to wait."},
    503: {"Retry-After": "Seconds to wait."},
}
_ID = {
    "X-Request-Id": {
        "description": "The caller's own id, or one made here: what the logs know the call by.",
        "schema": {"type": "string"},
    }
}


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Problems with these statuses, as a route's `responses`."""
    return {status: _answer(status) for status in statuses}


def link(operation: str, description: str, **more: Any) -> dict[str, Any]:
    """Where an answer leads: what of it goes into which parameter, or body, of the next call."""
    return {"operationId": operation, "description": description, **more}


def completed(app: FastAPI) -> None:
    """Makes the application's document tell all this."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        document = plain()
        schemas = document["components"]["schemas"]
        if "Problem" not in schemas:
            for operation in _operations(document):
                _complete(operation)
            for name in ("HTTPValidationError", "ValidationError"):
                schemas.pop(name, None)
            _welcome_more(document)
            schemas["Problem"] = _PROBLEM
        return document

    app.openapi = openapi


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from path.values()


def _complete(operation: dict[str, Any]) -> None:
    """The problems that follow from what a call asks for, and the headers of every answer."""
    statuses = list[int]()
    if "security" in operation:
        statuses += [401, 403, 429]
    if "requestBody" in operation:
        statuses += [408, 413, 415, 422]
    elif operation.get("parameters"):
        statuses += [422]
    told = operation["responses"]
    told.update({str(status): _answer(status) for status in statuses})
    for response in told.values():
        response.setdefault("headers", {}).update(_ID)
    operation["responses"] = dict(sorted(told.items()))


def _answer(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    headers = {
        name: {"description": text, "required": True, "schema": {"type": "string"}}
        for name, text in _HEADERS.get(status, {}).items()
    }
    return {
        "description": TITLES[status],
        "content": {"application/problem+json": {"schema": schema}},
        **({"headers": headers} if headers else {}),
    }


def _welcome_more(part: Any) -> None:
    """An object may have more fields than are listed: newer clients and newer platforms send them."""
    if isinstance(part, dict):
        if part.get("type") == "object" and "properties" in part:
            part.setdefault("additionalProperties", True)
        for inner in part.values():
            _welcome_more(inner)
    elif isinstance(part, list):
        for inner in part:
            _welcome_more(inner)
