"""What nothing else has caught, as plain ASGI: answered with 500, and told by where it came from.

An exception that leaves the application is logged by the server with all it says, and that may be what
a client sent or a secret.
"""

import logging

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serve.api.problems import Problem
from serve.errors import origin

_DETAIL = "something broke that should not have; it is in the logs"
_log = logging.getLogger(__name__)


class LastResort:
    """Lets no exception out. An answer that has begun is cut off."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def told(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, told)
        except Exception as error:  # noqa: BLE001 - the last line of defence
            _log.error("%s\n%s", type(error).__name__, origin(error))
            if scope["type"] == "http" and not begun:
                await Problem(500, _DETAIL).response()(scope, receive, send)
