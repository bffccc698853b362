"""The HTTP contract on fakes: errors that name their field, keys, limits, documents."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fakes import MemoryStore
from live_platform import request
from served import Api, backend, client, keyring

from serve.api.contract import EventRequest, EventResponse
from serve.api.examples import EVENT_REQUEST, EVENT_RESPONSE


@pytest.fixture(params=[False, True], ids=["behind Serve", "before Serve"])
async def api(request: pytest.FixtureRequest) -> AsyncIterator[Api]:
    built = backend(MemoryStore(), keyring((), "", 100))
    async with client(built, front=request.param) as opened:
        yield opened


async def test_an_event(api: Api) -> None:
    answer = await api.post("/api/llm/events", json=request())
    assert answer.status_code == 200
    assert EventResponse.model_validate(answer.json()).source == "llm"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"playerId": None}, "playerId"),
        ({"playerId": ""}, "playerId"),
        ({"playerId": "a b"}, "playerId"),
        ({"playerId": 7}, "playerId"),
        ({"gameId": "x" * 65}, "gameId"),
        ({"gameState": None}, "gameState"),
        ({"gameState": []}, "gameState"),
        ({"currentTurn": 0}, "gameState.currentTurn"),
        ({"currentTurn": 31}, "gameState.currentTurn"),
        ({"currentTurn": "8"}, "gameState.currentTurn"),
        ({"difficulty": "hard"}, "gameState.difficulty"),
        ({"cash": 1.5}, "gameState.cash"),
        ({"cash": 10**14}, "gameState.cash"),
        ({"users": -1}, "gameState.users"),
        ({"trust": 101}, "gameState.trust"),
        ({"trust": True}, "gameState.trust"),
        ({"infrastructure": "EC2"}, "gameState.infrastructure"),
        ({"infrastructure": [""]}, "gameState.infrastructure.0"),
        ({"infrastructure": ["x" * 41]}, "gameState.infrastructure.0"),
        ({"infrastructure": ["EC2"] * 41}, "gameState.infrastructure"),
        ({"eventContext": 3}, "eventContext"),
        ({"eventContext": {"eventType": "PARTY"}}, "eventContext.eventType"),
        ({"eventContext": {"note": "x" * 501}}, "eventContext.note"),
        ({"eventContext": "x" * 501}, "eventContext.note"),
        ({"locale": "jp"}, "locale"),
        ({"deadlineMs": 99}, "deadlineMs"),
        ({"deadlineMs": 30_001}, "deadlineMs"),
        ({"deadlineMs": 1.5}, "deadlineMs"),
    ],
    ids=str,
)
async def test_a_malformed_field_is_named(api: Api, change: dict[str, Any], field: str) -> None:
    body = request() | {name: value for name, value in change.items() if name in _TOP}
    body["gameState"] = (
        change.get("gameState", body["gameState"])
        if "gameState" in change
        else {
            **body["gameState"],
            **{name: value for name, value in change.items() if name not in _TOP},
        }
    )
    body = {name: value for name, value in body.items() if value is not None}
    answer = await api.post("/api/llm/events", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert field in [error["field"] for error in answer.json()["errors"]]


_JSON = {"Content-Type": "application/json"}
_TOP = ("playerId", "gameId", "gameState", "eventContext", "locale", "deadlineMs")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'{"playerId": NaN}', b"\xff\xfe", b'"text"', b"[" * 5000],
    ids=["empty", "cut", "list", "null", "nan", "utf8", "text", "deep"],
)
async def test_a_body_that_is_no_request(api: Api, body: bytes) -> None:
    answer = await api.post("/api/llm/events", content=body, headers=_JSON)
    assert answer.status_code == 422
    assert answer.json()["errors"]


async def test_unannounced_large_bodies_are_cut_off(api: Api) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 10_000

    assert (await api.post("/api/llm/events", content=chunks(), headers=_JSON)).status_code == 413


async def test_fields_of_newer_clients_are_ignored(api: Api) -> None:
    assert (await api.post("/api/llm/events", json=request(new=1))).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/api/llm/events", 401),
        ("GET", "/api/llm/metrics", 401),
        ("GET", "/api/llm/config", 401),
        ("GET", "/api/llm/events/x", 401),
        ("POST", "/api/llm/events/x/feedback", 401),
        ("GET", "/api/llm/flags/llm-events", 401),
        ("PUT", "/api/llm/flags/llm-events", 401),
        ("GET", "/api/llm/health", 200),
        ("GET", "/healthz", 200),
        ("GET", "/readyz", 200),
        ("GET", "/nowhere", 404),
        ("DELETE", "/api/llm/events", 405),
    ],
)
async def test_who_may_call_what(method: str, path: str, status: int) -> None:
    body = {"enabled": True, "playerId": "p", "rating": 3} if method in ("POST", "PUT") else None
    async with client(backend(MemoryStore(), keyring(("key",), "admin", 100))) as guarded:
        assert (await guarded.request(method, path, json=body)).status_code == status


async def test_keys_and_tokens() -> None:
    async with client(backend(MemoryStore(), keyring(("key",), "admin", 100))) as guarded:
        bearer = {"Authorization": "Bearer key"}
        assert (await guarded.get("/api/llm/config", headers=bearer)).status_code == 200
        assert (
            await guarded.get("/api/llm/config", headers={"X-API-Key": "key"})
        ).status_code == 200
        assert (await guarded.get("/api/llm/flags/llm-events", headers=bearer)).status_code == 403
        admin = {"Authorization": "Bearer admin"}
        off = await guarded.put("/api/llm/flags/llm-events", headers=admin, json={"enabled": False})
        assert off.json() == {"name": "llm-events", "enabled": False}
        unknown = await guarded.get("/api/llm/flags/none", headers=admin)
        assert unknown.status_code == 404


async def test_a_key_over_its_quota_waits() -> None:
    async with client(backend(MemoryStore(), keyring(("key",), "", 2))) as guarded:
        codes = [
            (await guarded.get("/api/llm/config", headers={"X-API-Key": "key"})) for _ in range(4)
        ]
        assert [answer.status_code for answer in codes] == [200, 200, 429, 429]
        assert codes[-1].headers["retry-after"] == "1"


async def test_an_evaluation_has_a_quota_of_its_own() -> None:
    ring = keyring(("game",), "", 100, evaluation=("study",), evaluation_rate=0.5)
    async with client(backend(MemoryStore(), ring)) as guarded:
        study = [
            (await guarded.get("/api/llm/config", headers={"X-API-Key": "study"})) for _ in range(3)
        ]
        assert [answer.status_code for answer in study] == [200, 429, 429]
        assert study[-1].headers["retry-after"] == "2"
        game = [
            (await guarded.get("/api/llm/config", headers={"X-API-Key": "game"})).status_code
            for _ in range(20)
        ]
        assert game == [200] * 20


async def test_the_quota_of_an_evaluation_holds_on_an_open_platform_too() -> None:
    ring = keyring((), "", 100, evaluation=("study",), evaluation_rate=1)
    async with client(backend(MemoryStore(), ring)) as opened:
        study = [
            (await opened.get("/api/llm/config", headers={"X-API-Key": "study"})).status_code
            for _ in range(2)
        ]
        assert study == [200, 429]
        assert (await opened.get("/api/llm/config")).status_code == 200


async def test_idempotency() -> None:
    async with client(backend(MemoryStore(), keyring((), "", 100))) as opened:
        body, headers = request(), {"Idempotency-Key": "k"}
        first = await opened.post("/api/llm/events", json=body, headers=headers)
        again = await opened.post("/api/llm/events", json=body, headers=headers)
        assert first.content == again.content
        other = body | {"locale": "en"}
        clash = await opened.post("/api/llm/events", json=other, headers=headers)
        assert clash.status_code == 409


@pytest.mark.parametrize(
    ("probes", "status", "code"),
    [
        ({"vllm": True, "redis": True}, "healthy", 200),
        ({"vllm": False, "redis": True}, "degraded", 200),
        ({"vllm": False, "redis": False}, "unhealthy", 503),
    ],
)
async def test_health(probes: dict[str, bool], status: str, code: int) -> None:
    async with client(backend(MemoryStore(), keyring((), "", 100), probes=probes)) as opened:
        answer = await opened.get("/api/llm/health")
        assert (answer.json()["status"], answer.status_code) == (status, code)


async def test_a_broken_store_shows_only_where_it_must() -> None:
    store = MemoryStore()
    store.broken = True
    async with client(backend(store, keyring((), "", 100))) as opened:
        headers = {"Idempotency-Key": "k"}
        event = await opened.post("/api/llm/events", json=request(), headers=headers)
        assert event.status_code == 200
        refused = await opened.put("/api/llm/flags/llm-events", json={"enabled": False})
        assert refused.status_code == 503
        assert refused.headers["retry-after"] == "1"


async def test_the_document_is_true(api: Api) -> None:
    document = (await api.get("/openapi.json")).json()
    route = document["paths"]["/api/llm/events"]["post"]
    assert route["requestBody"]["content"]["application/json"]["example"] == EVENT_REQUEST
    EventRequest.model_validate(EVENT_REQUEST)
    EventResponse.model_validate(EVENT_RESPONSE)
    for reference in re.findall(r"'\$ref': '#/([^']+)'", str(document)):
        target: Any = document
        for part in reference.split("/"):
            target = target[part.replace("~1", "/")]
        assert target


@pytest.mark.parametrize(
    ("context", "kind"),
    [
        ("새벽에 서버가 멈췄다", "INFRASTRUCTURE_CRISIS"),
        ({"note": "An investor called"}, "FUNDING_OPPORTUNITY"),
        ({"eventType": "TEAM_EVENT", "note": "서버"}, "TEAM_EVENT"),
        ("nothing in particular", None),
        ({}, None),
    ],
)
def test_a_note_only_hints_at_a_type(context: Any, kind: str | None) -> None:
    wanted = EventRequest.model_validate(request(eventContext=context))
    assert wanted.event_context.wanted_type == kind
