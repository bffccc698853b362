"""A whole roll-out in simulated time: the good one passes, the bad one is back before it hurts."""

import pytest
from rollouts import HOUR, NAME, Rates, World

from serve.errors import StoreError
from serve.metrics import CANARY_AGE, CANARY_SHARE
from serve.release.board import RolloutBoard
from serve.release.rollout import NotAllowed, Rollout, Status

GOOD = Rates()


async def started(subject: str = "candidate", **changes: float) -> World:
    world = World(**changes)  # pyright: ignore[reportArgumentType]
    await world.desk.start(subject, actor="admin", reason="new prompt")  # pyright: ignore[reportArgumentType]
    return world


def players(board: RolloutBoard, count: int = 2000) -> set[str]:
    """Who has the candidate."""
    names = [f"player-{number}" for number in range(count)]
    return {name for name in names if board.standing(name).variant == "candidate"}


async def test_a_good_candidate_reaches_everybody_in_four_days() -> None:
    world = await started()
    begun = world.time
    await world.pass_time(100, GOOD)
    assert world.rollout.status is Status.COMPLETED
    assert 96 <= (world.time - begun) / HOUR <= 98
    assert len(players(world.board)) == 2000
    stages = [row["state"] for row in reversed(await world.board.trail.entries())]
    assert stages == ["started 10%", *(f"advanced {share}%" for share in (25, 50, 100, 100))]
    assert len(world.messages) == 5


@pytest.mark.parametrize(
    ("bad", "figure"),
    [
        (Rates(errors=0.2), "errors"),
        (Rates(late=0.2), "slow"),
        (Rates(discards=0.9), "discards"),
        (Rates(quality=62), "quality"),
    ],
)
async def test_a_bad_candidate_is_taken_back_within_hours(bad: Rates, figure: str) -> None:
    world = await started()
    begun = world.time
    await world.pass_time(24, bad)
    assert world.rollout.status is Status.ROLLED_BACK
    assert world.time - begun <= 3 * HOUR
    assert figure in world.rollout.reason
    assert players(world.board) == set()
    assert "되돌림" in world.messages[-1]
    assert (await world.board.trail.entries())[0]["actor"] == "controller"


async def test_one_that_is_worse_than_the_current_one_is_taken_back_though_within_its_limits() -> (
    None
):
    world = await started()
    await world.pass_time(24, Rates(quality=78))
    assert world.rollout.status is Status.ROLLED_BACK
    assert "current" in world.rollout.reason


async def test_one_that_gets_worse_at_half_of_the_players_is_taken_back_there() -> None:
    world = await started()
    await world.pass_time(49, GOOD)
    assert world.rollout.share == 0.5
    turned = world.time
    await world.pass_time(24, Rates(errors=0.12))
    assert world.rollout.status is Status.ROLLED_BACK
    assert world.time - turned <= 3 * HOUR


async def test_a_fault_late_in_a_long_good_stage_is_not_averaged_away() -> None:
    world = await started()
    await world.pass_time(23, GOOD)
    turned = world.time
    await world.pass_time(1, Rates(errors=0.5), look_every_s=300)
    assert world.rollout.status is Status.ROLLED_BACK
    assert world.time - turned <= 900


async def test_almost_no_traffic_holds_and_says_so_once() -> None:
    world = await started(per_hour=2)
    await world.pass_time(24 * 7, GOOD)
    assert world.rollout.status is Status.RUNNING
    assert world.rollout.stage == 0
    assert sum("판단 보류" in message for message in world.messages) == 1
    world.board.measure()
    assert world.tally.gauges[CANARY_AGE.name, ()] > 6 * 24 * HOUR
    assert world.tally.gauges[CANARY_SHARE.name, ()] == 0.1


async def test_no_data_at_all_holds() -> None:
    world = await started(per_hour=0)
    await world.pass_time(48, GOOD)
    assert world.rollout.stage == 0


async def test_a_good_one_is_seldom_taken_back_by_chance() -> None:
    ends = list[Status]()
    for seed in range(20):
        world = await started(seed=seed, per_hour=1200)
        await world.pass_time(120, Rates(errors=0.004, late=0.012, quality=87))
        ends.append(world.rollout.status)
    assert ends.count(Status.ROLLED_BACK) == 0


async def test_a_held_one_does_not_advance_and_a_breach_still_ends_it() -> None:
    world = await started()
    await world.desk.hold(actor="admin", reason="week-end")
    await world.pass_time(48, GOOD)
    assert (world.rollout.status, world.rollout.stage) == (Status.HELD, 0)
    await world.desk.resume(actor="admin", reason="monday")
    await world.pass_time(1, GOOD)
    assert world.rollout.stage == 1
    await world.desk.hold(actor="admin", reason="look")
    await world.pass_time(3, Rates(errors=0.5))
    assert world.rollout.status is Status.ROLLED_BACK


async def test_players_stay_in_their_arm_as_it_widens() -> None:
    world = await started()
    first = players(world.board)
    await world.desk.advance(actor="admin", reason="")
    second = players(world.board)
    assert first < second
    assert 0.07 < len(first) / 2000 < 0.13
    assert 0.21 < len(second) / 2000 < 0.29


async def test_state_survives_a_restart_and_only_one_controller_acts() -> None:
    world = await started()
    board, _, _, second = world.replica()
    await second.watch()  # takes the lease
    world.time += 25 * HOUR
    await world.pass_time(3, Rates(errors=0.5))
    assert world.rollout.status is Status.RUNNING
    assert board.rollout == world.rollout
    await second.watch()
    await world.board.refresh()
    assert world.rollout.status is Status.ROLLED_BACK


async def test_a_change_made_meanwhile_is_not_overwritten() -> None:
    world = await started()
    seen = world.rollout
    await world.desk.advance(actor="admin", reason="", seen=seen)
    with pytest.raises(NotAllowed, match="not what it was"):
        await world.desk.advance(actor="controller", reason="", seen=seen)
    assert world.rollout.stage == 1


async def test_without_redis_players_keep_what_they_have_and_nothing_is_decided() -> None:
    world = await started()
    before = players(world.board)
    world.store.broken = True
    await world.controller.watch()
    await world.board.follow()
    assert players(world.board) == before


async def test_a_candidate_that_is_gone_is_nobodys() -> None:
    world = await started()
    world.board.candidate = ""
    assert players(world.board) == set()
    await world.controller.watch()
    assert world.rollout.status is Status.ROLLED_BACK


async def test_events_of_the_model_are_rolled_out_and_back_with_their_flag() -> None:
    world = await started("llm-events")
    assert world.flags.enabled("llm-events")
    having = [world.board.standing(f"player-{n}").events for n in range(1000)]
    assert 0.06 < sum(having) / 1000 < 0.14
    await world.pass_time(6, Rates(errors=0.5))
    assert world.rollout.status is Status.ROLLED_BACK
    assert not world.flags.enabled("llm-events")
    assert world.board.standing("player-1").events, "the flag alone decides from now on"


async def test_a_roll_back_that_redis_breaks_off_leaves_the_events_off() -> None:
    world = await started("llm-events")

    async def broken(name: str, old: str | None, new: str) -> bool:
        raise StoreError("gone between two calls")

    world.store.swap = broken
    with pytest.raises(StoreError):
        await world.desk.roll_back(actor="admin", reason="")
    assert not world.flags.enabled("llm-events")


async def test_what_may_not_be_done_is_refused_with_the_cure() -> None:
    world = World()
    with pytest.raises(NotAllowed, match="start"):
        await world.desk.advance(actor="admin", reason="")
    world.board.candidate = ""
    with pytest.raises(NotAllowed, match="candidate"):
        await world.desk.start("candidate", actor="admin", reason="")
    world.board.candidate = NAME
    await world.desk.start("candidate", actor="admin", reason="")
    with pytest.raises(NotAllowed, match="finish that first"):
        await world.desk.start("llm-events", actor="admin", reason="")
    await world.desk.roll_back(actor="admin", reason="")
    with pytest.raises(NotAllowed, match="already"):
        await world.desk.roll_back(actor="admin", reason="")
    with pytest.raises(NotAllowed, match="rolled_back"):
        await world.desk.hold(actor="admin", reason="")


async def test_what_cannot_be_read_counts_as_none() -> None:
    world = await started()
    world.store.values["rollout"] = "{}"
    await world.board.follow()
    assert world.board.rollout is None
    assert isinstance(await world.desk.start("candidate", actor="admin", reason=""), Rollout)
