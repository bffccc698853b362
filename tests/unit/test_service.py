"""`next_event`: which source answers, and that what it answers is valid."""

import time
from dataclasses import dataclass, field
from typing import Any

import pytest
from fakes import Desk, MemoryStore, Switch
from hypothesis import HealthCheck, given, settings
from samples import POLICY, STATE, pooled, states

from serve.domain.event import EventType
from serve.domain.rules import violations
from serve.domain.state import GameState, Locale
from serve.local_pool import LocalPool
from serve.metrics import CACHE, REPEATS
from serve.pool import PooledDraft, Variant
from serve.release.board import RolloutBoard
from serve.service import EventService
from serve.serving import Ask, Order, Source, draft_of
from serve.static_events import StaticLibrary
from serve.tally import Tally

LIBRARY = StaticLibrary(POLICY)


@dataclass
class Stand:
    """A service on fakes."""

    store: MemoryStore = field(default_factory=MemoryStore)
    desk: Desk = field(default_factory=Desk)
    switch: Switch = field(default_factory=Switch)
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        self.releases = RolloutBoard(self.store, self.tally, "p2:m1")

    def service(self) -> EventService:
        return EventService(
            policy=POLICY,
            library=LIBRARY,
            pool=LocalPool(self.store, self.tally),
            desk=self.desk,
            switch=self.switch,
            releases=self.releases,
            tally=self.tally,
            variants={"current": Variant("p1", "m1"), "candidate": Variant("p2", "m1")},
            ttl_s=300,
            largest=12,
        )

    def fill(self, *drafts: PooledDraft) -> "Stand":
        for draft in drafts:
            self.store.pools[draft.key].append(draft)
        return self


def ask(player: str = "p", state: GameState = STATE, seconds: float = 2, **changes: Any) -> Ask:
    fields: dict[str, Any] = {"locale": Locale.KO, "event_type": None} | changes
    return Ask(player_id=player, state=state, deadline=time.monotonic() + seconds, **fields)


async def test_fresh_draft_of_the_pool() -> None:
    stand = Stand().fill(pooled())
    served = await stand.service().next_event(ask())
    assert served.source is Source.POOL
    assert violations(served.event, STATE, POLICY, Locale.KO) == ()
    assert stand.tally.counts[CACHE.name, ("hit",)] == 1


async def test_nothing_is_seen_twice_while_another_is_left() -> None:
    service = Stand().fill(*(pooled(f"d{number}") for number in range(4))).service()
    served = [await service.next_event(ask()) for _ in range(6)]
    drafts = [draft_of(one.event.event_id) for one in served]
    assert len(set(drafts)) == 6
    assert [one.source for one in served] == [Source.POOL] * 4 + [Source.STATIC] * 2


async def test_a_story_told_in_other_words_has_been_seen() -> None:
    service = Stand().fill(pooled("a"), pooled("b", told="a"), pooled("c")).service()
    served = [await service.next_event(ask()) for _ in range(3)]
    assert [one.source for one in served] == [Source.POOL] * 2 + [Source.STATIC]
    assert (await service.next_event(ask("somebody else"))).source is Source.POOL


async def test_a_new_draft_that_repeats_a_story_is_counted() -> None:
    stand = Stand(desk=Desk(pooled("b", told="a"))).fill(pooled("a"))
    service = stand.service()
    served = [await service.next_event(ask()) for _ in range(2)]
    assert [one.source for one in served] == [Source.POOL, Source.LLM]
    assert [one.outcome(0.1) for one in served] == ["good", "repeat"]
    assert served[0].outcome(3.1) == "late"
    assert stand.tally.counts[REPEATS.name, ()] == 1


async def test_stale_is_served_while_one_refill_is_ordered() -> None:
    stand = Stand().fill(pooled(age=400))
    served = await stand.service().next_event(ask())
    assert served.source is Source.STALE
    assert len(stand.desk.refills) == 1
    assert not stand.desk.orders


async def test_a_miss_is_written() -> None:
    stand = Stand(desk=Desk(pooled("new")))
    served = await stand.service().next_event(ask())
    assert served.source is Source.LLM
    assert stand.store.seen["p"] == {"new"}


async def test_the_type_asked_for_is_respected() -> None:
    stand = Stand(desk=Desk()).fill(pooled())
    served = await stand.service().next_event(ask(event_type=EventType.TEAM_EVENT))
    assert served.source is Source.STATIC
    assert stand.desk.orders[0].event_type is EventType.TEAM_EVENT


class BrokenDesk(Desk):
    """A fault of ours."""

    async def obtain(self, order: Order, wait_s: float) -> PooledDraft | None:
        raise ZeroDivisionError("player-7 has 0 won")


async def test_a_fault_of_ours_costs_no_event(caplog: pytest.LogCaptureFixture) -> None:
    served = await Stand(desk=BrokenDesk()).service().next_event(ask())
    assert (served.source, served.outcome(0.1)) == (Source.STATIC, "error")
    assert "ZeroDivisionError" in caplog.text
    assert "player-7" not in caplog.text.replace('raise ZeroDivisionError("player-7', "")


async def test_flag_off_is_static() -> None:
    stand = Stand(switch=Switch(on=False)).fill(pooled())
    served = await stand.service().next_event(ask())
    assert (served.source, served.outcome(0.1)) == (Source.STATIC, "flag_off")
    assert not stand.desk.orders


async def test_no_time_left_is_static_without_an_order() -> None:
    stand = Stand()
    served = await stand.service().next_event(ask(seconds=0.01))
    assert (served.source, served.outcome(0.1)) == (Source.STATIC, "no_draft")
    assert not stand.desk.orders


async def test_a_draft_that_breaks_a_rule_for_this_player_is_passed_over() -> None:
    doomed = STATE.model_copy(update={"cash": -30_000_000, "users": 0})
    lethal = pooled(state=doomed)
    choices = [
        choice.model_copy(update={"cash": -3 + index, "users": 2 - index, "trust": 0})
        for index, choice in enumerate(lethal.draft.choices)
    ]
    draft = lethal.draft.model_copy(update={"choices": tuple(choices)})
    stand = Stand().fill(lethal.model_copy(update={"draft": draft}))
    served = await stand.service().next_event(ask(state=doomed))
    assert served.source is Source.STATIC
    assert violations(served.event, doomed, POLICY, Locale.KO) == ()


async def test_a_broken_store_keeps_the_copy_and_the_memory() -> None:
    stand = Stand().fill(pooled("one"), pooled("two"))
    service = stand.service()
    first = await service.next_event(ask())
    stand.store.broken = True
    second = await service.next_event(ask())
    third = await service.next_event(ask())
    assert [first.source, second.source, third.source] == [Source.POOL, Source.POOL, Source.STATIC]
    assert draft_of(first.event.event_id) != draft_of(second.event.event_id)


@pytest.mark.parametrize("locale", [*Locale])
@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(state=states())
async def test_every_reachable_state_gets_a_valid_hand_written_event(
    locale: Locale, state: GameState
) -> None:
    service = Stand(switch=Switch(on=False)).service()
    served = await service.next_event(ask(state=state, locale=locale))
    assert violations(served.event, state, POLICY, locale) == ()
    assert served.quality.undoubted >= 80
