"""Bounds of a body, as plain ASGI: a large one is refused before it is read, a slow one is given up."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serve.api.problems import Problem

LARGEST_BODY = 64 * 1024
SLOWEST_BODY_S = 5.0
"""From the first wait for a body to its last byte."""


class BodyLimit:
    """Answers 413 to bodies over `LARGEST_BODY` bytes, announced or not, 408 to unfinished ones."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        if announced(scope) > LARGEST_BODY:
            return await _too_large().response()(scope, receive, send)
        return await self._app(scope, limited(receive), send)


def limited(receive: Receive, slowest_s: float = SLOWEST_BODY_S) -> Receive:
    """Raises Problem 413 once more than `LARGEST_BODY` bytes have come, 408 if the rest is late."""
    read, due, complete = 0, 0.0, False

    async def counted() -> Message:
        nonlocal read, due, complete
        if complete:  # what comes now is the caller hanging up, and may take as long as it likes
            return await receive()
        due = due or asyncio.get_running_loop().time() + slowest_s
        try:
            async with asyncio.timeout_at(due):
                message = await receive()
        except TimeoutError:
            raise _too_slow(slowest_s) from None
        read += len(message.get("body", b""))
        if read > LARGEST_BODY:
            raise _too_large()
        complete = not message.get("more_body", False)
        return message

    return counted


def announced(scope: Scope) -> int:
    """The body's length in bytes as its header tells it; 0 where it does not."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else LARGEST_BODY + 1
    return 0


def _too_large() -> Problem:
    detail = f"the body may have {LARGEST_BODY} bytes at the most"
    return Problem(413, detail)


def _too_slow(slowest_s: float) -> Problem:
    detail = f"the body must arrive within {slowest_s:g} seconds"
    return Problem(408, detail, headers={"Connection": "close"})
