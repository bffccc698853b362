"""Single flight, leases, late results, retries: the pool's writer on fakes."""

import asyncio
import json
import time
from collections.abc import Sequence
from contextvars import ContextVar

from fakes import GOOD_DRAFT, MemoryStore, ScriptedEngine
from samples import POLICY, STATE

from serve.deployments.scorer import QualityScorer
from serve.deployments.validator import EventValidator
from serve.domain.brief import Situation
from serve.domain.event import EventDraft, GameEvent
from serve.domain.state import GameState, Locale
from serve.errors import EngineUnavailable
from serve.generation import Completion, CompletionRequest, Generator
from serve.metrics import DIMENSION, FOLLOWERS, GENERATIONS, LOW_STREAK, QUALITY, VALIDATION
from serve.pool import PooledDraft
from serve.prompts import load
from serve.quality import Quality
from serve.serving import Order
from serve.tally import Tally
from serve.writer import PoolWriter

GOOD = json.dumps(GOOD_DRAFT, ensure_ascii=False)


def order(state: GameState = STATE, known: tuple[str, ...] = ()) -> Order:
    situation = Situation.of(state, Locale.KO, POLICY)
    return Order(situation=situation, state=state, event_type=None, known=known)


def writer(engine: ScriptedEngine, store: MemoryStore, tally: Tally | None = None) -> PoolWriter:
    generator = Generator(
        engine, EventValidator(POLICY), QualityScorer(POLICY), load("compact"), "m1"
    )
    return PoolWriter(generator, store, tally or Tally(), budget_s=3, at_once=16, background=1)


async def test_many_askers_one_generation() -> None:
    engine, store, tally = ScriptedEngine(GOOD, seconds=0.05), MemoryStore(), Tally()
    desk = writer(engine, store, tally)
    drafts = await asyncio.gather(*(desk.obtain(order(), 2) for _ in range(32)))
    assert len(engine.requests) == 1
    assert len({draft.draft_id for draft in drafts if draft}) == 1
    assert tally.counts[FOLLOWERS.name, ()] == 31


async def test_replicas_share_a_flight_through_the_lease() -> None:
    engine, store = ScriptedEngine(GOOD, seconds=0.2), MemoryStore()
    drafts = await asyncio.gather(*(writer(engine, store).obtain(order(), 2) for _ in range(4)))
    assert len(engine.requests) == 1
    assert len({draft.draft_id for draft in drafts if draft}) == 1


async def test_a_dead_leader_strands_nobody() -> None:
    engine, store = ScriptedEngine(GOOD), MemoryStore()
    desk = writer(engine, store)
    name = desk._name(order())
    store.leases[name] = "dead replica", time.monotonic() + 0.3
    draft = await desk.obtain(order(), 2)
    assert draft is not None
    assert len(engine.requests) == 1


REQUEST: ContextVar[str] = ContextVar("REQUEST", default="")
"""Stands for what Ray Serve knows a request by, and cancels with it what was called for it."""


class TiedEngine(ScriptedEngine):
    """Tells whose request each completion was made for."""

    def __init__(self) -> None:
        super().__init__(GOOD, seconds=0.1)
        self.made_for = list[str]()

    async def complete(self, request: CompletionRequest) -> Completion:
        self.made_for.append(REQUEST.get())
        return await super().complete(request)


async def test_a_flight_is_nobody_s_request() -> None:
    engine = TiedEngine()
    desk = writer(engine, MemoryStore())
    REQUEST.set("the first asker's")
    assert await desk.obtain(order(), 0.01) is None
    assert await desk.obtain(order(), 2) is not None
    assert engine.made_for == [""]


async def test_a_flight_that_is_cancelled_takes_no_asker_along() -> None:
    desk = writer(ScriptedEngine(GOOD, seconds=5), MemoryStore())
    asking = asyncio.create_task(desk.obtain(order(), 2))
    await asyncio.sleep(0.05)
    [flight] = desk._flights.values()
    flight.cancel()
    assert await asking is None


async def test_a_late_result_enters_the_pool() -> None:
    engine, store = ScriptedEngine(GOOD, seconds=0.2), MemoryStore()
    desk = writer(engine, store)
    assert await desk.obtain(order(), 0.05) is None
    await asyncio.sleep(0.3)
    assert [len(drafts) for drafts in store.pools.values()] == [1]


async def test_a_rejected_draft_is_tried_once_more_if_time_allows() -> None:
    tally = Tally()
    engine = ScriptedEngine("not json", GOOD)
    assert await writer(engine, MemoryStore(), tally).obtain(order(), 2) is not None
    assert tally.counts[VALIDATION.name, ("structure.json",)] == 1
    assert tally.counts[GENERATIONS.name, ("rejected",)] == 1
    hurried = ScriptedEngine("not json", GOOD, seconds=0.2)
    desk = writer(hurried, MemoryStore())
    assert await desk.obtain(order(), 0.3) is None
    await asyncio.sleep(0.5)
    assert len(hurried.requests) == 1


class Marks:
    """A scorer that gives the same points in every dimension, one after the other."""

    def __init__(self, *points: float) -> None:
        self._points = iter(points)

    async def score(
        self, event: GameEvent, state: GameState, locale: Locale, others: Sequence[EventDraft]
    ) -> Quality:
        points = next(self._points)
        return Quality(consistency=points, balance=points, fun=points, education=points)


async def test_poor_drafts_in_a_row_are_counted_discarded_ones_too() -> None:
    tally, scorer = Tally(), Marks(10, 16, 24)
    prompt = load("compact")
    generator = Generator(ScriptedEngine(GOOD), EventValidator(POLICY), scorer, prompt, "m1")
    desk = PoolWriter(generator, MemoryStore(), tally, budget_s=3, at_once=16, background=1)
    assert await desk.obtain(order(), 2)
    assert tally.gauges[LOW_STREAK.name, ()] == 2
    assert tally.counts[GENERATIONS.name, ("rejected",)] == 1
    await desk.obtain(order(known=tuple(d.draft_id for d in await pool_of(desk))), 2)
    assert tally.gauges[LOW_STREAK.name, ()] == 0
    assert tally.observations[QUALITY.name, ()] == [40, 64, 96]
    assert tally.observations[DIMENSION.name, ("fun",)] == [10, 16, 24]


async def pool_of(desk: PoolWriter) -> list[PooledDraft]:
    return await desk._store.fetch(desk._key(order()))


async def test_a_dead_engine_is_no_event_and_not_kept() -> None:
    store = MemoryStore()
    engine = ScriptedEngine(EngineUnavailable("dead"))
    assert await writer(engine, store).obtain(order(), 1) is None
    assert not any(store.pools.values())


async def test_without_a_store_everybody_still_gets_a_draft() -> None:
    store = MemoryStore()
    store.broken = True
    assert await writer(ScriptedEngine(GOOD), store).obtain(order(), 1) is not None


async def test_a_newer_draft_of_the_pool_saves_a_generation() -> None:
    engine, store = ScriptedEngine(GOOD), MemoryStore()
    first = await writer(engine, store).obtain(order(), 1)
    assert first is not None
    again = await writer(engine, store).obtain(order(), 1)
    assert again == first
    other = await writer(engine, store).obtain(order(known=(first.draft_id,)), 1)
    assert other is not None
    assert other.draft_id != first.draft_id
    assert len(engine.requests) == 2


async def test_refill_writes_one_more() -> None:
    engine, store = ScriptedEngine(GOOD, seconds=0.02), MemoryStore()
    desk = writer(engine, store)
    for _ in range(5):
        desk.refill(order())
    await asyncio.sleep(0.2)
    assert len(engine.requests) == 1
