"""Clients take turns: one that asks for much waits behind itself."""

import asyncio
from collections.abc import Sequence

import pytest

from serve.turns import Turns


async def served(turns: Turns, asked: Sequence[str], patience_s: float | None = None) -> list[str]:
    """Everybody asks at once, in this order; who had their turn, in the order they had it."""
    order = list[str]()

    async def ask(client: str) -> None:
        async with turns.turn(client, patience_s) as ours:
            if ours:
                order.append(client)
                await asyncio.sleep(0.001)

    await asyncio.gather(*(ask(client) for client in asked))
    return order


@pytest.mark.parametrize(
    ("asked", "order"),
    [
        ("a", "a"),
        ("aab", "aab"),
        ("aaaab", "aabaa"),  # the first is let in at once, b comes after one more of a
        ("aaabbbc", "aabcabb"),
    ],
    ids=["alone", "short", "flood", "three"],
)
async def test_in_rotation(asked: str, order: str) -> None:
    assert "".join(await served(Turns(1), asked)) == order


async def test_no_more_at_a_time_than_there_are_turns() -> None:
    turns, here, most = Turns(3), 0, 0

    async def ask() -> None:
        nonlocal here, most
        async with turns.turn("a") as ours:
            assert ours
            here += 1
            most = max(most, here)
            await asyncio.sleep(0.001)
            here -= 1

    await asyncio.gather(*(ask() for _ in range(12)))
    assert (most, here, turns.waiting) == (3, 0, 0)


async def test_a_long_line_is_refused_at_once_and_only_to_its_client() -> None:
    turns = Turns(1, longest=2)
    assert sorted(await served(turns, "aaaaaab")) == ["a", "a", "a", "b"]


async def test_patience_ends() -> None:
    turns = Turns(1)
    async with turns.turn("a"):
        assert await served(turns, "bc", 0.01) == []
        assert turns.waiting == 0
    assert await served(turns, "b", 0.01) == ["b"]


async def test_who_leaves_takes_no_turn_along() -> None:
    turns = Turns(1)
    async with turns.turn("a"):
        leaver = asyncio.create_task(served(turns, "b"))
        patient = asyncio.create_task(served(turns, "c"))
        await asyncio.sleep(0)
        leaver.cancel()
    assert await patient == ["c"]
    assert await served(turns, "d") == ["d"]


async def test_a_turn_given_to_one_who_leaves_goes_on() -> None:
    turns = Turns(1)
    async with turns.turn("a"):
        leaver = asyncio.create_task(served(turns, "b"))
        patient = asyncio.create_task(served(turns, "c"))
        await asyncio.sleep(0.001)
    leaver.cancel()  # its turn has come, and it has not looked yet
    assert await patient == ["c"]
    assert turns.waiting == 0


class Slow:
    """Turns that all take so many seconds, by a clock of their own."""

    def __init__(self, most: int, slow_s: float | None) -> None:
        self._now = 0.0
        self.turns = Turns(most, slow_s=slow_s, clock=lambda: self._now)

    async def take(self, seconds: float, times: int, patience_s: float | None = 1.0) -> int:
        """How many may have their turn at a time afterwards."""
        for _ in range(times):
            async with self.turns.turn("a", patience_s) as ours:
                assert ours
                self._now += seconds
        return self.turns.at_once


async def test_fewer_at_a_time_while_turns_are_slow_and_more_again() -> None:
    slow = Slow(16, slow_s=2)
    assert await slow.take(2.0, 10) == 16
    assert await slow.take(2.1, 10) == 5
    assert await slow.take(2.1, 100) == 4, "a quarter"
    assert await slow.take(1.0, 5) == 5
    assert await slow.take(1.0, 200) == 16
    assert await Slow(1, slow_s=2).take(9.0, 20) == 1
    assert await Slow(16, slow_s=None).take(9.0, 20) == 16


async def test_patience_is_no_lever_of_a_client_on_the_others() -> None:
    slow = Slow(16, slow_s=2)
    assert await slow.take(1.0, 20, patience_s=0.1) == 16
    assert await slow.take(9.0, 20, patience_s=10) == 16, "in time for whoever asked"
    assert await slow.take(9.0, 20, patience_s=None) == 4


async def test_who_waits_is_let_in_when_there_may_be_more_again() -> None:
    turns = Turns(8, slow_s=1e-9)
    await served(turns, "a" * 40)
    assert turns.at_once == 2
    assert sorted(await served(turns, "aaabbb", patience_s=5)) == list("aaabbb")
    assert turns.at_once > 2
    assert turns.waiting == 0
