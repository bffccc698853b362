"""The roll-out over HTTP, and what it does to the events of players."""

from typing import Any

import pytest
from fakes import Desk, MemoryStore
from samples import POLICY, STATE, pooled
from served import backend, client, keyring

from serve import metrics
from serve.api.backend import Backend
from serve.domain.brief import Situation
from serve.domain.state import Locale
from serve.pool import pool_key

PATH = "/api/llm/rollout"


def platform(store: MemoryStore | None = None, desk: Desk | None = None) -> Backend:
    return backend(store or MemoryStore(), keyring((), "", 1e6), desk=desk)


async def do(built: Backend, action: str, **more: str) -> tuple[int, dict[str, Any]]:
    async with client(built) as api:
        answer = await api.post(PATH, json={"action": action, **more})
        return answer.status_code, answer.json()


async def ask(built: Backend, player: str, *, front: bool = False) -> dict[str, Any]:
    state = STATE.model_dump(mode="json", by_alias=True)
    async with client(built, front=front) as api:
        answer = await api.post("/api/llm/events", json={"playerId": player, "gameState": state})
        assert answer.status_code == 200
        return answer.json()


async def test_start_and_status() -> None:
    built = platform()
    status, body = await do(built, "start", reason="new prompt")
    assert status == 200
    assert body["candidate"] == "p2:m1"
    assert body["rollout"]["share"] == 0.1
    assert (body["rollout"]["status"], body["rollout"]["reason"]) == ("running", "new prompt")
    assert body["assessment"]["verdict"] == "inconclusive"
    figures = {finding["figure"]: finding for finding in body["assessment"]["findings"]}
    assert figures.keys() == {"errors", "slow", "discards", "quality"}
    assert figures["errors"]["candidate"] == {"value": 0, "low": 0, "high": 1, "count": 0}
    async with client(built) as api:
        assert (await api.get(PATH)).json()["rollout"] == body["rollout"]
        assert (await api.get("/api/llm/audit")).json()[0]["subject"] == "rollout:candidate"


async def test_nothing_yet() -> None:
    async with client(platform()) as api:
        body = (await api.get(PATH)).json()
    assert body == {"rollout": None, "candidate": "p2:m1", "assessment": None}


async def test_what_cannot_be_done_says_what_can() -> None:
    built = platform()
    status, body = await do(built, "advance")
    assert (status, body["detail"]) == (409, "there is no roll-out; `start` one")
    status, _ = await do(built, "explode")
    assert status == 422
    status, _ = await do(built, "start", subject="everything")
    assert status == 422


async def test_without_redis_it_is_told_and_nothing_changes() -> None:
    store = MemoryStore()
    built = platform(store)
    store.broken = True
    status, _ = await do(built, "start")
    assert status == 503
    assert built.rollouts.board.rollout is None


@pytest.mark.parametrize("front", [False, True])
async def test_arms_have_pools_of_their_own_and_are_counted(front: bool) -> None:
    store, situation = MemoryStore(), Situation.of(STATE, Locale.KO, POLICY)
    for number in range(12):
        for prompt in ("p1", "p2"):
            key = pool_key(situation, prompt, "m1")
            draft = pooled(f"{prompt}-{number}", key=key, prompt_version=prompt)
            store.pools[key].append(draft)
    built = platform(store)
    await do(built, "start")
    await do(built, "advance")
    await do(built, "advance")
    versions = {
        player: (await ask(built, player, front=front))["promptVersion"]
        for player in (f"player-{number}" for number in range(60))
    }
    new = {player for player, version in versions.items() if version == "p2"}
    assert new == {
        player for player in versions if built.rollouts.board.standing(player).arm == "candidate"
    }
    assert 15 <= len(new) <= 45
    counts = built.tally.counts
    assert counts[metrics.ARM_REQUESTS.name, ("candidate", "good")] == len(new)
    assert counts[metrics.ARM_REQUESTS.name, ("current", "good")] == 60 - len(new)


async def test_the_desk_is_told_the_variant_and_the_arm() -> None:
    desk = Desk()  # empty, so that no answer fills a pool and every player reaches it
    built = platform(desk=desk)
    await do(built, "start")
    for number in range(100):
        await ask(built, f"player-{number}")
    arms = {order.arm for order in desk.orders}
    assert arms == {"candidate", "current"}
    assert all(order.variant == order.arm for order in desk.orders)


async def test_after_a_roll_back_nobody_is_counted_or_served_apart() -> None:
    built = platform()
    await do(built, "start")
    status, body = await do(built, "rollback", reason="worse stories")
    assert (status, body["rollout"]["share"], body["assessment"]) == (200, 0, None)
    built.tally.take()
    for number in range(30):
        await ask(built, f"player-{number}")
    assert not [name for name, _ in built.tally.counts if name.startswith("llm_arm")]


async def test_players_outside_a_roll_out_of_events_get_hand_written_ones() -> None:
    built = platform(desk=Desk(*(pooled(f"d{number}") for number in range(3))))
    await do(built, "start", subject="llm-events")
    sources = dict[str, set[str]]()
    for number in range(80):
        player = f"player-{number}"
        arm = built.rollouts.board.standing(player).arm
        sources.setdefault(arm, set()).add((await ask(built, player))["source"])
    assert sources["current"] == {"static"}
    assert "static" not in sources["candidate"]


async def test_the_page_and_its_files() -> None:
    async with client(backend(MemoryStore(), keyring(("key",), "admin", 100))) as guarded:
        for path in ("/rollout", "/rollout/app.js", "/rollout/style.css"):
            answer = await guarded.get(path)
            assert answer.status_code == 200
            assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert (await guarded.get(PATH)).status_code == 401
        assert (await guarded.post(PATH, json={"action": "start"})).status_code == 401
