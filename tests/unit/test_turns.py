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
