"""What a body must be, and one way of reading it for every route: JSON by pydantic's parser, as for the
event call. FastAPI's own would take UTF-16 and NaN, and answer deep nesting with 400."""

from typing import Any

from fastapi import Request
from pydantic_core import from_json

from serve.api.problems import Problem

_PLAIN = "application/json"


def must_be_json(request: Request) -> None:
    """Raises Problem 415 unless the body says that it is JSON.

    A web page may send anything else to a platform on its reader's machine without asking it first.
    """
    told = request.headers.get("content-type", "")
    if told != _PLAIN and not _is_json(told.partition(";")[0].strip().lower()):
        raise Problem(415, f"send the body as JSON, with Content-Type: {_PLAIN}")


def _is_json(media: str) -> bool:
    return media == _PLAIN or (media.startswith("application/") and media.endswith("+json"))


class JsonRequest(Request):
    """A request whose JSON is read strictly."""

    async def json(self) -> Any:
        """Raises Problem 422 for what is none."""
        try:
            return from_json(await self.body(), allow_inf_nan=False)
        except ValueError as error:
            message = f"Invalid JSON: {error}"
            errors = [{"field": "", "message": message}]
            raise Problem(422, f"the body: {message}", errors=errors) from None
