"""What lies in the store may be anything: players get none of it, and nothing becomes a 500."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from corruption import KEY, LIES, Corruption, from_tomorrow, spoilt
from fakes import Desk, MemoryStore
from live_platform import request
from samples import POLICY, STATE, pooled
from served import Api, backend, client, keyring

from serve import metrics
from serve.adapters.totals import Totals
from serve.api.contract import EventResponse
from serve.domain.rules import violations
from serve.domain.state import Locale
from serve.local_pool import LocalPool
from serve.pool import PooledDraft, split
from serve.release.audit import AuditTrail
from serve.release.board import RolloutBoard
from serve.release.flags import FlagBoard
from serve.serving import Source
from serve.tally import Tally

EVENTS = "/api/llm/events"
ids = [corruption.name for corruption in LIES]


def api(store: MemoryStore, *written: PooledDraft) -> Api:
    return client(backend(store, keyring((), "", 1000), desk=Desk(*written)))


@pytest.mark.parametrize("corruption", LIES, ids=ids)
async def test_a_draft_that_does_not_belong_is_not_taken_up(corruption: Corruption) -> None:
    store = MemoryStore()
    wrong = PooledDraft.model_validate_json(spoilt(corruption, pooled("wrong")))
    store.pools[KEY] = [wrong, pooled("right")]
    taken = await LocalPool(store, Tally()).drafts(KEY)
    assert [draft.draft_id for draft in taken] == ["right"]


UNFIT = [one for one in LIES if one.name != "of another key"]


@pytest.mark.parametrize("corruption", UNFIT, ids=[one.name for one in UNFIT])
async def test_nor_is_one_served_that_comes_from_the_desk(corruption: Corruption) -> None:
    wrong = PooledDraft.model_validate_json(spoilt(corruption, pooled("wrong")))
    async with api(MemoryStore(), wrong) as opened:
        answer = await opened.post(EVENTS, json=request(infrastructure=["EC2", "RDS"]))
    assert answer.json()["source"] == Source.STATIC


@pytest.mark.parametrize(
    ("ahead_s", "fresh", "stale"),
    [(-10, 1, 0), (10, 1, 0), (299, 1, 0), (301, 0, 1), (86_400, 0, 1)],
)
def test_a_draft_from_the_future_is_as_old_as_it_is_early(
    ahead_s: float, fresh: int, stale: int
) -> None:
    draft = pooled()
    found = split([draft], draft.created_at - ahead_s, 300)
    assert [len(each) for each in found] == [fresh, stale]
    assert from_tomorrow("t").age(draft.created_at) >= 86_000


FLAG_VALUES = ["", "|", "ON|admin", "1", "on\\xff|x", "{}", "\x00"]


@pytest.mark.parametrize("value", FLAG_VALUES, ids=repr)
async def test_a_flag_that_cannot_be_read_stays_as_it_was(value: str) -> None:
    store = MemoryStore()
    board = FlagBoard(store, {"llm-events": True}, Tally())
    store.hashes["flags"] = {"llm-events": value, "other": "on|x"}
    await board.follow()
    assert board.enabled("llm-events")
    store.hashes["flags"]["llm-events"] = "off|admin"
    await board.follow()
    assert (board.enabled("llm-events"), board.switched_by("llm-events")) == (False, "admin")


_ROLLOUT: dict[str, Any] = {
    "id": "r",
    "subject": "candidate",
    "candidate": "p2:m1",
    "stages": [10, 100],
    "stage": 0,
    "status": "running",
    "started": 0.0,
    "since": 0.0,
    "changed_by": "admin",
}


@pytest.mark.parametrize(
    "change",
    [
        {"stage": 7},
        {"stage": -1},
        {"stages": []},
        {"stages": [1e9]},
        {"stages": ["x"]},
        {"status": "exploded"},
        {"since": "NaN"},
        {"baseline": {"a": "Infinity"}},
    ],
    ids=str,
)
async def test_a_rollout_that_cannot_be_is_none(change: dict[str, Any]) -> None:
    store = MemoryStore()
    store.values["rollout"] = json.dumps(_ROLLOUT)
    board = RolloutBoard(store, Tally(), "p2:m1")
    await board.follow()
    assert board.rollout is not None
    store.values["rollout"] = json.dumps(_ROLLOUT | change)
    await board.follow()
    assert board.rollout is None
    assert board.standing("anybody").variant == "current"


ROWS = ["", "{", "[]", "5", "null", '{"at": NaN}', "[" * 5000, '{"at": 1}', "\\xff"]


async def test_rows_of_the_audit_that_cannot_be_read_are_left_out() -> None:
    store = MemoryStore()
    trail = AuditTrail(store)
    await trail.write("llm-events", "off", actor="admin", reason="한글")
    store.lists["flags:audit"] += ROWS
    assert [entry["reason"] for entry in await trail.entries()] == ["한글"]
    async with api(store) as opened:
        answer = await opened.get("/api/llm/audit")
    assert (answer.status_code, len(answer.json())) == (200, 1)


async def test_feedback_that_cannot_be_read_is_left_out_of_a_flight_record() -> None:
    store = MemoryStore()
    async with api(store, pooled("written")) as opened:
        event = (await opened.post(EVENTS, json=request("p", infrastructure=["EC2", "RDS"]))).json()
        path = f"{EVENTS}/{event['event']['eventId']}"
        store.pools[KEY] = [pooled("written")]
        rated = await opened.post(f"{path}/feedback", json={"playerId": "p", "rating": 4})
        store.lists["feedback:written"] += ROWS
        answer = await opened.get(path)
    assert (rated.status_code, answer.status_code) == (202, 200)
    assert [entry["rating"] for entry in answer.json()["feedback"]] == [4]
    assert set(answer.json()["feedback"][0]) == {"eventId", "rating", "choiceId", "at"}


_REQUESTS, _RESPONSE = metrics.REQUESTS.name, metrics.RESPONSE.name
TOTALS = {
    _REQUESTS: "5",
    f"{_REQUESTS}|pool": "5",
    f"{_REQUESTS}|pool|good": "3",
    f"{_REQUESTS}|llm|good": "NaN",
    f"{_REQUESTS}|static|good": "Infinity",
    f"{_REQUESTS}|stale|good": "-4",
    f"{_RESPONSE}_le|pool|x": "1",
    f"{_RESPONSE}_le|pool|99": "1",
    f"{_RESPONSE}_le|pool|-1": "1",
    f"{_RESPONSE}_le": "1",
    f"{_RESPONSE}_sum|pool": "1e308",
    f"{metrics.ARM_QUALITY.name}_le|candidate|x": "1",
    "": "what",
}


async def test_totals_count_what_can_have_been_counted() -> None:
    store = MemoryStore()
    store.hashes["totals:lifetime"] = dict(TOTALS)
    report = await Totals(store).report()
    assert report["requests"]["bySource"]["pool"] == 8
    assert sum(report["requests"]["byOutcome"].values()) == 3
    json.dumps(report, allow_nan=False)
    async with api(store) as opened:
        assert (await opened.get("/api/llm/metrics")).status_code == 200
        assert (await opened.get("/api/llm/rollout")).status_code == 200


TAMPERED: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "no JSON": lambda _: b"{",
    "no answer": lambda _: b"{}",
    "cut off": lambda body: body[: len(body) // 2],
    "bytes spelt out": lambda body: body.replace(b"title", b"ti\\xfftle"),
    "somebody else's": lambda body: body.replace(b"written.", b"written.aaaaaa"),
    "over the band": lambda body: _changed(body, "cashDelta", 10**12),
    "all users gone": lambda body: _changed(body, "usersDelta", -(10**9)),
    "not a number": lambda body: re.sub(rb'("ageSeconds":)[\d.]+', rb"\1NaN", body),
    "under sixty points": lambda body: body.replace(b'"total":88.0', b'"total":59.9'),
    "swearing": lambda body: _said(body, "title", "이런 씨발"),
    "markup": lambda body: _said(body, "title", "<script>alert(1)</script>"),
    "a choice of another name": lambda body: body.replace(b'"choiceId":"b"', b'"choiceId":"z"'),
    "infrastructure of nobody": lambda body: body.replace(
        b'"addInfrastructure":[]', b'"addInfrastructure":["Mainframe"]'
    ),
}


def _changed(body: bytes, field: str, amount: int) -> bytes:
    answer = json.loads(body)
    answer["event"]["choices"][0]["effects"][field] = amount
    return json.dumps(answer).encode()


def _said(body: bytes, field: str, text: str) -> bytes:
    answer = json.loads(body)
    answer["event"][field] = text
    return json.dumps(answer, ensure_ascii=False).encode()


@pytest.mark.parametrize("how", TAMPERED)
async def test_an_answer_kept_that_was_tampered_with_is_given_afresh(how: str) -> None:
    store = MemoryStore()
    headers, body = {"Idempotency-Key": "k"}, request("p", infrastructure=["EC2", "RDS"])
    async with api(store, pooled("written")) as opened:
        first = await opened.post(EVENTS, json=body, headers=headers)
        assert first.json()["source"] == Source.LLM
        name = next(name for name in store.values if name.startswith("idempotent:"))
        kept = store.values[name]
        spoilt_body = TAMPERED[how](kept[64:].encode())
        assert spoilt_body != kept[64:].encode()
        store.values[name] = kept[:64] + spoilt_body.decode()
        again = await opened.post(EVENTS, json=body, headers=headers)
    assert again.status_code == 200
    assert "idempotency-replayed" not in again.headers
    event = EventResponse.model_validate_json(again.content).event
    assert violations(event, STATE, POLICY, Locale.KO) == ()


@pytest.mark.parametrize(
    "value", ["", "x", "z" * 64 + "{}", "\\xff" * 40, "a" * 64], ids=["none", "x", "z", "xff", "a"]
)
async def test_what_is_no_answer_at_all_is_no_conflict(value: str) -> None:
    store = MemoryStore()
    headers, body = {"Idempotency-Key": "k"}, request("p")
    async with api(store) as opened:
        await opened.post(EVENTS, json=body, headers=headers)
        name = next(name for name in store.values if name.startswith("idempotent:"))
        store.values[name] = value
        assert (await opened.post(EVENTS, json=body, headers=headers)).status_code == 200


async def test_an_answer_kept_says_nothing_that_was_not_checked() -> None:
    store = MemoryStore()
    headers, body = {"Idempotency-Key": "k"}, request("p", infrastructure=["EC2", "RDS"])
    async with api(store, pooled("written")) as opened:
        first = await opened.post(EVENTS, json=body, headers=headers)
        name = next(name for name in store.values if name.startswith("idempotent:"))
        twice = '{"event": {"title": "twice"}, "extra": "<b>", ' + store.values[name][65:]
        store.values[name] = store.values[name][:64] + twice
        again = await opened.post(EVENTS, json=body, headers=headers)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.content == first.content
