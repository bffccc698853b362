"""Slack's incoming webhook: what the platform did by itself, told to people."""

import asyncio
import logging
from html import escape

import httpx

from serve import metrics
from serve.tally import Tally

_TIMEOUT_S = 5.0
_ATTEMPTS = 3
_PAUSE_S = 1.0

_log = logging.getLogger(__name__)


class Slack:
    """Messages leave in the background: nothing that is done waits for being told. No call raises."""

    def __init__(self, url: str, tally: Tally) -> None:
        """Without an address messages go to the log alone."""
        self._url, self._tally = url, tally
        self._sending = set[asyncio.Task[None]]()

    async def tell(self, text: str) -> None:
        """One message; nothing in it is a link or a call to everybody, whoever wrote it."""
        _log.warning("%s", text)
        if self._url:
            task = asyncio.create_task(self._send(text))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _send(self, text: str) -> None:
        async with httpx.AsyncClient(timeout=_TIMEOUT_S) as http:
            for attempt in range(_ATTEMPTS):
                try:
                    (
                        await http.post(self._url, json={"text": escape(text, quote=False)})
                    ).raise_for_status()
                except httpx.HTTPError as error:
                    # The error's text holds the address, which is a secret.
                    _log.warning("Slack was not told: %s", type(error).__name__)
                    await asyncio.sleep(_PAUSE_S * 2**attempt)
                else:
                    self._tally.count(metrics.SLACK, "sent")
                    return
        self._tally.count(metrics.SLACK, "failed")
