"""The ports of the miss path, spoken over Ray Serve handles; Ray's errors are translated here."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from ray.exceptions import RayError
from ray.serve.exceptions import RayServeException
from ray.serve.handle import DeploymentHandle

from serve.domain.event import EventDraft, EventType, GameEvent
from serve.domain.state import GameState, Locale
from serve.errors import EngineError, EngineTimeout, EngineUnavailable
from serve.generation import Checked, Completion, CompletionRequest
from serve.pool import PooledDraft
from serve.quality import Quality
from serve.serving import Order

_GRACE_S = 0.5
_REFILL_EVERY_S = 1.0


class EngineHandle:
    """The `Engine` port over EventEngine."""

    def __init__(self, handle: DeploymentHandle[Any]) -> None:
        self._handle = handle

    async def complete(self, request: CompletionRequest) -> Completion:
        """Raises EngineTimeout also when the replica hangs, EngineUnavailable when it dies."""
        try:
            async with asyncio.timeout(request.timeout_s + _GRACE_S):
                return await self._handle.complete.remote(request)
        except EngineError:
            raise
        except TimeoutError as error:
            raise EngineTimeout("the engine hangs") from error
        except (RayError, RayServeException) as error:
            raise EngineUnavailable(type(error).__name__) from error

    async def probe(self, timeout_s: float) -> bool:
        """Whether a replica answers and its engine is alive."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._handle.probe.remote()
        except (TimeoutError, EngineError, RayError, RayServeException):
            return False
        return True


class ValidatorHandle:
    """The `Validator` port over EventValidator."""

    def __init__(self, handle: DeploymentHandle[Any]) -> None:
        self._handle = handle

    async def check(
        self, text: str, event_type: EventType, state: GameState, locale: Locale
    ) -> Checked:
        try:
            return await self._handle.check.remote(text, event_type, state, locale)
        except (RayError, RayServeException) as error:
            raise EngineUnavailable("the validator died") from error


class ScorerHandle:
    """The `Scorer` port over QualityScorer."""

    def __init__(self, handle: DeploymentHandle[Any]) -> None:
        self._handle = handle

    async def score(
        self, event: GameEvent, state: GameState, locale: Locale, others: Sequence[EventDraft]
    ) -> Quality:
        try:
            return await self._handle.score.remote(event, state, locale, others)
        except (RayError, RayServeException) as error:
            raise EngineUnavailable("the scorer died") from error


class CacheDesk:
    """The `Desk` port over EventCache. Whatever happens there, a player gets an answer here."""

    def __init__(self, handle: DeploymentHandle[Any]) -> None:
        self._handle = handle
        self._asked: OrderedDict[object, float] = OrderedDict()

    async def obtain(self, order: Order, wait_s: float) -> PooledDraft | None:
        try:
            async with asyncio.timeout(wait_s):
                return await self._handle.obtain.remote(order, wait_s)
        except (TimeoutError, RayError, RayServeException):
            return None
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise  # the player has left
            return None  # the order was cancelled on its way

    def refill(self, order: Order) -> None:
        """At most one order per situation and second leaves a replica, however hot the key."""
        now, name = time.monotonic(), (order.situation, order.event_type)
        if now - self._asked.get(name, -_REFILL_EVERY_S) < _REFILL_EVERY_S:
            return
        self._asked[name] = now
        self._asked.move_to_end(name)
        while len(self._asked) > 4096:
            self._asked.popitem(last=False)
        self._handle.refill.remote(order)
