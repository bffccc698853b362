"""What every replica does once a second beside its work: hand over its tally."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from serve.adapters.ray_metrics import RayExporter
from serve.adapters.totals import Totals
from serve.errors import StoreError, origin
from serve.tally import Tally

_log = logging.getLogger(__name__)


class Reporter:
    """Hands a replica's tally to Ray's exporter and to the cluster's totals."""

    def __init__(self, tally: Tally, totals: Totals, *measures: Callable[[], None]) -> None:
        """`measures` set gauges, just before they are handed over."""
        self._tally, self._totals, self._measures = tally, totals, measures
        self._exporter = RayExporter()

    async def report(self) -> None:
        for measure in self._measures:
            measure()
        tally = self._tally.take()
        self._exporter.push(tally)
        with suppress(StoreError):  # Ray's exporter still has them
            await self._totals.add(tally)


async def every(seconds: float, *jobs: Callable[[], Awaitable[None]]) -> None:
    """Runs the jobs for ever; keep a reference to the task. One that fails is told of, and run again."""
    while True:
        for job in jobs:
            try:
                await job()
            except Exception as error:  # noqa: BLE001 - the others go on, and so must the platform
                _log.error("%s\n%s", type(error).__name__, origin(error))
        await asyncio.sleep(seconds)
