"""The body limit, as plain ASGI: a large body is refused before it is read."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serve.api.problems import Problem

LARGEST_BODY = 64 * 1024


class BodyLimit:
    """Answers 413 to bodies over `LARGEST_BODY` bytes, announced or not."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        if announced(scope) > LARGEST_BODY:
            return await _too_large(scope, receive, send)
        return await self._app(scope, limited(receive), send)


def limited(receive: Receive) -> Receive:
    """Raises Problem 413 once more than `LARGEST_BODY` bytes have come."""
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > LARGEST_BODY:
            raise Problem(413, _DETAIL)
        return message

    return counted


_DETAIL = f"the body may have {LARGEST_BODY} bytes at the most"


def announced(scope: Scope) -> int:
    """The body's length in bytes as its header tells it; 0 where it does not."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else LARGEST_BODY + 1
    return 0


async def _too_large(scope: Scope, receive: Receive, send: Send) -> None:
    await Problem(413, _DETAIL).response()(scope, receive, send)
