"""The breaker, and how a path that was shut is opened again."""

from typing import Any

import pytest
from fakes import MemoryStore

from serve import metrics
from serve.release.breaker import Breaker, State
from serve.release.flags import FlagBoard
from serve.release.recovery import Recovery
from serve.settings import BreakerConfig
from serve.tally import Tally

CONFIG = BreakerConfig(failure_share=0.5, least=4, window_s=10, cool_down_s=5, closes_after=2)
FLAG = "llm-events"


class Time:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def breaker(time: Time, **changes: Any) -> Breaker:
    return Breaker(CONFIG.model_copy(update=changes), time)


def attempts(breaker: Breaker, outcomes: str) -> None:
    for outcome in outcomes:
        breaker.record(good=outcome == "+")


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ("---", State.CLOSED),  # three of anything prove nothing
        ("----", State.OPEN),
        ("+-+-", State.OPEN),
        ("++-+--+-", State.OPEN),
        ("+++-++-+", State.CLOSED),
    ],
)
def test_it_opens_on_the_share_and_a_minimum(outcomes: str, state: State) -> None:
    ours = breaker(Time())
    attempts(ours, outcomes)
    assert ours.state is state


@pytest.mark.parametrize(
    ("flood", "others", "state"),
    [
        ("--------", "+++", State.CLOSED),
        ("--------", "+-+", State.CLOSED),
        ("--------", "---", State.OPEN),  # nobody is served
        ("--------", "++", State.OPEN),  # two attempts tell nothing
        ("++++++++", "----", State.CLOSED),
    ],
)
def test_one_client_shuts_the_path_for_nobody_else(flood: str, others: str, state: State) -> None:
    ours = breaker(Time(), least=11)
    for client, outcomes in (("others", others), ("flood", flood)):
        for outcome in outcomes:
            ours.record(good=outcome == "+", client=client)
    ours.record(good=False, client="flood")
    assert ours.state is state


def test_what_is_past_the_window_is_forgotten() -> None:
    time = Time()
    ours = breaker(time)
    attempts(ours, "---")
    time.now += 11
    attempts(ours, "-")
    assert ours.closed


def test_it_closes_after_good_probes_in_a_row() -> None:
    time = Time()
    ours = breaker(time)
    attempts(ours, "----")
    assert not ours.probe_due
    time.now += 5
    assert ours.probe_due
    ours.probed(good=True)
    assert ours.state is State.HALF_OPEN
    assert ours.probe_due
    ours.probed(good=False)
    assert ours.state is State.OPEN
    time.now += 9
    assert not ours.probe_due  # the wait has doubled
    time.now += 1
    ours.probed(good=True)
    ours.probed(good=True)
    assert ours.closed
    attempts(ours, "---")
    assert ours.closed  # nothing of before is remembered


def test_the_wait_between_probes_is_bounded() -> None:
    time = Time()
    ours = breaker(time, longest_cool_down_s=20)
    ours.trip("by hand")
    for _ in range(10):
        ours.probed(good=False)
    time.now += 20
    assert ours.probe_due


class Stand:
    def __init__(self, **changes: Any) -> None:
        self.time, self.store, self.tally = Time(), MemoryStore(), Tally()
        self.flags = FlagBoard(self.store, {FLAG: True}, self.tally)
        self.said = list[str]()
        self.recovery = Recovery(
            CONFIG.model_copy(update=changes), FLAG, self.flags, self.tally, self.tell, self.time
        )

    async def tell(self, text: str) -> None:
        self.said.append(text)

    async def look(self, *, good: bool) -> None:
        async def probe() -> bool:
            return good

        self.time.now += 60
        await self.recovery.watch(probe)

    async def states(self) -> list[tuple[str, str, str]]:
        """(what, state, by), the oldest first."""
        entries = reversed(await self.flags.trail.entries())
        return [(one["subject"], one["state"], one["actor"]) for one in entries]


async def test_every_change_is_counted_and_audited_even_if_redis_was_away() -> None:
    stand = Stand()
    stand.store.broken = True
    attempts(stand.recovery.breaker, "----")
    await stand.look(good=True)
    stand.store.broken = False
    await stand.look(good=True)
    assert await stand.states() == [
        ("breaker", "open", "breaker"),
        ("breaker", "half_open", "breaker"),
        ("breaker", "closed", "breaker"),
    ]
    assert stand.tally.counts[metrics.SHADOWS.name, ("good",)] == 2
    assert stand.tally.counts[metrics.BREAKER_CHANGES.name, ("closed",)] == 1
    stand.recovery.measure()
    assert stand.tally.gauges[metrics.BREAKER.name, ()] == 0


async def test_what_an_alert_switched_off_comes_back_by_probing_alone() -> None:
    stand = Stand(auto_restore=True)
    await stand.flags.set(FLAG, False, actor="alert:LlmFailures", reason="34 %")
    await stand.look(good=False)
    await stand.look(good=True)
    assert not stand.flags.enabled(FLAG)
    await stand.look(good=True)
    assert stand.flags.enabled(FLAG)
    assert stand.flags.switched_by(FLAG) == "auto-restore"
    assert ["alert:LlmFailures" in text for text in stand.said] == [True]
    assert (FLAG, "on", "auto-restore") in await stand.states()


@pytest.mark.parametrize(
    ("actor", "auto_restore"), [("admin", True), ("alert:LlmFailures", False), ("", True)]
)
async def test_else_a_person_switches_it_on(actor: str, auto_restore: bool) -> None:
    stand = Stand(auto_restore=auto_restore)
    await stand.flags.set(FLAG, False, actor=actor, reason="")
    for _ in range(5):
        await stand.look(good=True)
    assert not stand.flags.enabled(FLAG)
    assert stand.recovery.breaker.closed


async def test_a_restore_that_redis_did_not_take_is_tried_again() -> None:
    stand = Stand(auto_restore=True)
    await stand.flags.set(FLAG, False, actor="alert:LlmFailures", reason="")
    await stand.look(good=True)
    stand.store.broken = True
    await stand.look(good=True)
    assert not stand.flags.enabled(FLAG)
    stand.store.broken = False
    for _ in range(3):
        await stand.look(good=True)
    assert stand.flags.enabled(FLAG)


async def test_who_switched_a_flag_is_known_to_every_replica() -> None:
    stand = Stand()
    other = FlagBoard(stand.store, {FLAG: True}, Tally())
    await stand.flags.set(FLAG, False, actor="alert:X", reason="")
    await other.refresh()
    assert (other.enabled(FLAG), other.switched_by(FLAG)) == (False, "alert:X")
    stand.store.hashes["flags"][FLAG] = "on"  # as versions before this one wrote it
    await other.refresh()
    assert (other.enabled(FLAG), other.switched_by(FLAG)) == (True, "")
