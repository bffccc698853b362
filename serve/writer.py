"""Writes the pool: one generation per situation at a time in the cluster, kept even if late."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from contextvars import Context
from random import Random
from typing import Any, Protocol
from uuid import uuid4

from serve import metrics
from serve.attempts import Attempts
from serve.domain.brief import Brief
from serve.domain.event import EventType
from serve.domain.state import GameState
from serve.errors import DraftError, EngineError, StoreError
from serve.generation import Generator
from serve.pool import PooledDraft, pool_key
from serve.release.breaker import Breaker
from serve.serving import Order
from serve.settings import BreakerConfig
from serve.stories import Stories
from serve.tally import Tally
from serve.telemetry import carry, span
from serve.turns import Turns

_LEASE_S = 1.5
"""A dead leader strands its followers for no longer than this."""
_POLL_S = 0.05

_Turn = AbstractAsyncContextManager[bool, bool | None]


class DraftStore(Protocol):
    """The shared pool as its writer needs it. Every call raises StoreError when Redis is away."""

    async def fetch(self, key: str) -> list[PooledDraft]: ...
    async def put(self, draft: PooledDraft) -> None: ...
    async def acquire(self, lease: str, owner: str, seconds: float) -> bool:
        """Takes or renews a lease; False while somebody else holds it."""
        ...

    async def release(self, lease: str, owner: str) -> None: ...


class PoolWriter:
    """Orders in, drafts out. A generation belongs to nobody: it goes on when its asker has left."""

    def __init__(
        self,
        generator: Generator,
        store: DraftStore,
        tally: Tally,
        *,
        budget_s: float,
        at_once: int,
        background: int,
        slow_s: float | None = None,
        on_written: Callable[[PooledDraft, GameState], None] | None = None,
        breaker: Breaker | None = None,
        watched: bool = True,
        clock: Callable[[], float] = time.monotonic,
        rng: Random | None = None,
    ) -> None:
        """`at_once` generations for players who wait, `background` refills beside them; fewer at once
        while they take more than `slow_s` seconds.

        `on_written` is told of each draft kept, and the state it was judged for; must not fail.

        `watched`: whether drafts of few points in a row are a matter for the alerts.
        """
        self._breaker = breaker or Breaker(BreakerConfig(), clock)
        self._generator, self._store, self._tally = generator, store, tally
        self._on_written, self._clock = on_written, clock
        self._budget_s = budget_s
        self._players, self._background = Turns(at_once, slow_s=slow_s), Turns(background)
        self._flights: dict[str, asyncio.Task[PooledDraft | None]] = {}
        self._refills: dict[str, asyncio.Task[None]] = {}
        self._owner, self._rng, self._stories = uuid4().hex, rng or Random(), Stories()
        self._attempts = Attempts(tally, watched=watched)

    async def obtain(self, order: Order, wait_s: float) -> PooledDraft | None:
        """A draft that is not among the known ones; None if none comes within `wait_s` seconds.

        None at once while the breaker is open: nobody waits for what does not come.
        """
        if not self._breaker.closed:
            return None
        deadline = self._clock() + wait_s
        name = self._name(order)
        flight = self._flights.get(name)
        if flight is None:
            turn = self._players.turn(order.client, wait_s)
            flight = self._start(name, self._fly(name, order, deadline, turn))
        else:
            self._tally.count(metrics.FOLLOWERS)
        done, _ = await asyncio.wait({flight}, timeout=wait_s)
        return None if flight.cancelled() or not done else flight.result()

    def refill(self, order: Order) -> None:
        """Writes one more draft when there is room; no waiting player is held up by it."""
        name = self._name(order)
        if self._breaker.closed and name not in self._refills and name not in self._flights:
            task = asyncio.create_task(self._refill(name, order))
            self._refills[name] = task
            task.add_done_callback(lambda _: self._refills.pop(name, None))

    async def shadow(self, order: Order) -> bool:
        """Whether one attempt at a draft is kept; no player waits for it, the pool gets it."""
        return await self._write(order, self._clock()) is not None

    def measure(self) -> None:
        """Sets the gauges of what is under way."""
        self._tally.set(metrics.FLIGHTS, len(self._flights))
        self._tally.set(metrics.AT_ONCE, self._players.at_once)
        self._tally.set(metrics.REFILLS, len(self._refills.keys() - self._flights.keys()))

    def _name(self, order: Order) -> str:
        """Misses of one name are one flight: same key, type and infrastructure."""
        owned = ",".join(sorted(order.state.owned))
        return f"{self._key(order)}|{order.event_type or '*'}|{owned}"

    def _key(self, order: Order) -> str:
        return pool_key(order.situation, self._generator.prompt.version, self._generator.model)

    def _start(
        self, name: str, flight: Coroutine[Any, Any, PooledDraft | None]
    ) -> asyncio.Task[PooledDraft | None]:
        # In a context of its own: Ray Serve cancels what was called for a request when its asker leaves,
        # and a flight belongs to nobody.
        task = asyncio.create_task(_detached(flight, carry()), context=Context())
        self._flights[name] = task
        task.add_done_callback(lambda _: self._flights.pop(name, None))
        return task

    async def _refill(self, name: str, order: Order) -> None:
        async with self._background.turn(order.client) as ours:
            if ours and name not in self._flights:
                fly = self._fly(name, order, self._clock(), nullcontext(True))
                await self._start(name, fly)

    async def _fly(
        self, name: str, order: Order, deadline: float, turn: _Turn
    ) -> PooledDraft | None:
        """Leads the flight, or follows whoever holds the lease on another replica."""
        end = self._clock() + self._budget_s
        while self._clock() < end:
            leading, known = await self._lead(name, order)
            if known is not None:
                return known
            if leading:
                return await self._lead_flight(name, order, deadline, turn)
            await asyncio.sleep(_POLL_S)
        return None

    async def _lead(self, name: str, order: Order) -> tuple[bool, PooledDraft | None]:
        """(whether to write, a draft another wrote meanwhile). Without a store everyone leads."""
        try:
            newer = [
                draft
                for draft in await self._store.fetch(self._key(order))
                if draft.draft_id not in order.known
                and draft.ready.fits(order.state.owned, order.event_type)
            ]
            if newer:
                return False, max(newer, key=lambda draft: draft.created_at)
            return await self._store.acquire(name, self._owner, _LEASE_S), None
        except StoreError:
            self._tally.count(metrics.STORE_ERRORS)
            return True, None

    async def _lead_flight(
        self, name: str, order: Order, deadline: float, turn: _Turn
    ) -> PooledDraft | None:
        heartbeat = asyncio.create_task(self._renew(name))
        try:
            async with turn as ours:
                return await self._write(order, deadline) if ours else None
        finally:
            heartbeat.cancel()
            with suppress(StoreError):
                await self._store.release(name, self._owner)

    async def _write(self, order: Order, deadline: float) -> PooledDraft | None:
        """At most two attempts; the second only if a player would still get its result in time."""
        with span("generation"):
            return await self._written(order, deadline)

    async def _written(self, order: Order, deadline: float) -> PooledDraft | None:
        others = await self._others(order)
        for attempt in (1, 2):
            started = self._clock()
            brief = Brief.draw(
                order.situation, order.state, self._rng, order.event_type or self._scarce(others)
            )
            try:
                draft = await self._generator.write(
                    brief, order.state, [other.draft for other in others], self._budget_s
                )
            except (EngineError, DraftError) as error:
                self._attempts.failed(error, order.arm)
                self._breaker.record(good=False, client=order.client)
                took = self._clock() - started
                if attempt == 2 or not error.retryable or self._clock() + took > deadline:
                    return None
                continue
            self._breaker.record(good=True, client=order.client)
            draft = draft.model_copy(update={"attempt": attempt, "told": self._stories.name(draft)})
            self._attempts.kept(draft, order.arm)
            if self._on_written:
                self._on_written(draft, order.state)
            await self._keep(draft)
            return draft
        return None

    async def _keep(self, draft: PooledDraft) -> None:
        try:
            await self._store.put(draft)
        except StoreError:
            self._tally.count(metrics.STORE_ERRORS)

    async def _others(self, order: Order) -> list[PooledDraft]:
        try:
            others = await self._store.fetch(self._key(order))
        except StoreError:
            return []
        self._stories.meet(others)
        return others

    def _scarce(self, others: list[PooledDraft]) -> EventType:
        """A type the pool has least of, so that its variants differ in kind."""
        counts = {kind: sum(other.event_type is kind for other in others) for kind in EventType}
        least = min(counts.values())
        return self._rng.choice([kind for kind, count in counts.items() if count == least])

    async def _renew(self, name: str) -> None:
        while True:
            await asyncio.sleep(_LEASE_S / 3)
            with suppress(StoreError):
                await self._store.acquire(name, self._owner, _LEASE_S)


async def _detached(
    flight: Coroutine[Any, Any, PooledDraft | None], trace: str
) -> PooledDraft | None:
    with span("flight", carried=trace):
        return await flight
