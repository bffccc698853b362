"""The short cuts of a hit: each must answer exactly what the long way would."""

from typing import Any

import orjson
import pytest
from fakes import MemoryStore
from hypothesis import given, settings
from hypothesis import strategies as st
from live_platform import request
from samples import POLICY, pooled, states
from served import LIBRARY, backend, client, keyring
from starlette.types import Message

from serve.api.contract import EventResponse, quality_on_wire
from serve.api.hot_path import AtOnce
from serve.api.rendering import render
from serve.domain.balance import resolve
from serve.domain.ready import Ready
from serve.domain.rules import violations
from serve.domain.state import GameState, Locale
from serve.domain.written import WrittenDraft
from serve.serving import Served, Source
from serve.static_events import StaticLibrary

_OWN = StaticLibrary(POLICY)
"""Not the shared one: a draft's template keeps the prompt and model it was first served with."""
WRITTEN = [(locale, one) for locale in Locale for one in LIBRARY.drafts(locale)]


@given(states(), st.sampled_from(WRITTEN), st.sampled_from(Locale), st.text(max_size=8))
@settings(max_examples=300, deadline=None)
def test_a_ready_draft_keeps_the_rules_of_its_event(
    state: GameState, written: tuple[Locale, WrittenDraft], locale: Locale, seed: str
) -> None:
    """Drafts that do not fit the player, and of the wrong language, among them."""
    draft, event_type = written[1].draft, written[1].type
    ready = Ready(draft, event_type, locale)
    event = resolve(draft, event_type, state, POLICY, event_id="e", seed=seed)
    figures = ready.figures(state, POLICY, seed)
    assert (figures is None) == bool(violations(event, state, POLICY, locale))
    if figures is not None:
        assert ready.event(figures, "e") == event
        assert not ready.needs - state.owned
        assert not ready.offers & state.owned


@given(
    state=states(),
    which=st.sampled_from(WRITTEN),
    source=st.sampled_from(Source),
    request_id=st.text(max_size=40),
    age_s=st.floats(0, 1e5),
    took_s=st.floats(0, 100),
)
@settings(max_examples=300, deadline=None)
def test_an_answer_is_what_its_model_says(
    state: GameState,
    which: tuple[Locale, WrittenDraft],
    source: Source,
    request_id: str,
    age_s: float,
    took_s: float,
) -> None:
    served = _served(which[1], state, source, age_s)
    answer = EventResponse(
        request_id=request_id,
        source=source,
        event=served.event,
        quality=quality_on_wire(served.quality),
        prompt_version=served.prompt_version,
        model=served.model,
        age_seconds=round(age_s, 1),
        latency_ms=round(took_s * 1000, 2),
    )
    assert EventResponse.model_validate_json(render(served, request_id, took_s)) == answer
    expected = answer.model_dump(mode="json", by_alias=True)
    assert list(_json(render(served, request_id, took_s))) == list(expected)


@pytest.mark.parametrize("title", ['100% "무료" %d', "7340000000000000 %", "7340000000000099"])
def test_a_text_that_looks_like_a_gap_is_served_as_it_is(title: str) -> None:
    draft = pooled().draft.model_copy(update={"title": title})
    served = _with(Ready(draft, pooled().event_type, Locale.KO))
    assert _json(render(served, "r", 0.1))["event"]["title"] == draft.title


async def test_a_hit_has_the_id_of_its_request() -> None:
    built = backend(MemoryStore(), keyring((), "", 100))
    async with client(built, front=True) as api:
        await api.post("/api/llm/events", json=_owner("p1"))
        given_id = {"X-Request-Id": "abc"}
        hit = await api.post("/api/llm/events", json=_owner("p2"), headers=given_id)
        other = await api.post("/api/llm/events", json=_owner("p3"))
    assert hit.json()["source"] == "pool"
    assert hit.json()["requestId"] == hit.headers["x-request-id"] == "abc"
    assert other.json()["requestId"] == other.headers["x-request-id"] != "abc"


async def test_a_miss_is_admitted_and_counted_once() -> None:
    built = backend(MemoryStore(), keyring(("key",), "", 1))
    async with client(built, front=True) as api:
        headers = {"X-API-Key": "key"}
        answer = await api.post("/api/llm/events", json=request(), headers=headers)
        assert answer.json()["source"] == "llm"
        refused = await api.post("/api/llm/events", json=request(), headers=headers)
    assert refused.status_code == 429
    assert sum(n for (name, _), n in built.tally.counts.items() if "cache_req" in name) == 1


async def test_a_repeated_key_gets_the_same_answer_before_serve_too() -> None:
    async with client(backend(MemoryStore(), keyring((), "", 100)), front=True) as api:
        headers, body = {"Idempotency-Key": "k"}, request()
        first, again = [
            await api.post("/api/llm/events", json=body, headers=headers) for _ in range(2)
        ]
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize("found", [True, False])
async def test_what_it_does_not_answer_it_passes_on_untouched(found: bool) -> None:
    passed = list[dict[str, Any]]()

    async def app(scope: Any, *_: Any) -> None:
        passed.append(dict(scope))

    built = backend(MemoryStore(), keyring((), "", 100)) if found else None
    front = AtOnce(app, find_backend=lambda: built)
    scopes = [
        {"type": "lifespan"},
        _scope(path="/healthz", method="GET"),
        _scope(method="GET"),
        _scope(headers=[(b"content-length", b"70000")]),
        _scope(headers=[(b"idempotency-key", b"k")]),
    ]
    if not found:
        scopes.append(_scope())
    for scope in scopes:
        await front(dict(scope), _nothing, _unexpected)
    assert passed == scopes


async def test_a_caller_who_hangs_up_while_sending_is_let_go() -> None:
    front = AtOnce(_unexpected, find_backend=lambda: backend(MemoryStore(), keyring((), "", 1)))

    async def gone() -> Message:
        return {"type": "http.disconnect"}

    scope = _scope(headers=[(b"content-type", b"application/json")])
    await front(scope, gone, _unexpected)


def _owner(player: str) -> dict[str, Any]:
    """A request of the situation that the sample draft was written for."""
    return request(player=player, infrastructure=["EC2", "RDS"])


def _served(written: WrittenDraft, state: GameState, source: Source, age_s: float) -> Served:
    ready = _OWN.ready(written.id)
    amounts = resolve(written.draft, written.type, state, POLICY, event_id="e", seed="s")
    figures = tuple(choice.effects.resources for choice in amounts.choices)
    return Served(
        source, f"{written.id}.abc", ready, figures, LIBRARY.quality(written.id), "p", "m", age_s
    )


def _with(ready: Ready) -> Served:
    quality = pooled().quality
    state = GameState(current_turn=8, cash=42_000_000, users=1200, trust=55)
    event = resolve(ready.draft, ready.event_type, state, POLICY, event_id="e", seed="s")
    figures = tuple(choice.effects.resources for choice in event.choices)
    return Served(Source.POOL, "d.1", ready, figures, quality, "p", "m", 0.0)


def _json(body: bytes) -> dict[str, Any]:

    return orjson.loads(body)


def _scope(
    path: str = "/api/llm/events", method: str = "POST", headers: Any = ()
) -> dict[str, Any]:
    return {"type": "http", "path": path, "method": method, "headers": list(headers)}


async def _nothing() -> Message:
    raise AssertionError("nobody may read")


async def _unexpected(*_: Any) -> None:
    raise AssertionError("nobody may answer")
