"""Events, feedback, flight records: what the game's backend calls."""

import json
import time
from dataclasses import dataclass
from hashlib import sha256
from uuid import uuid4

from fastapi import APIRouter, Request, Response

from serve import metrics
from serve.api.backend import Backend, GetBackend
from serve.api.contract import EventRequest, EventResponse, FeedbackRequest
from serve.api.examples import EVENT_REQUEST, EVENT_RESPONSE
from serve.api.problems import Problem
from serve.api.rendering import render
from serve.errors import StoreError
from serve.metrics import Tally
from serve.serving import Ask, Served, Source, draft_of, player_tag
from serve.telemetry import mark, span

PATH = "/api/llm/events"
_IDEMPOTENT_S = 600


def router(get_backend: GetBackend) -> APIRouter:
    """The routes of the game."""
    routes = APIRouter(prefix=PATH, tags=["events"])

    @routes.post("", openapi_extra=_documented(), response_model=EventResponse)
    async def event(request: Request) -> Response:  # pyright: ignore[reportUnusedFunction]
        """A valid event for this player, before the deadline, whatever is broken behind."""
        return await next_event(request, get_backend())

    @routes.post("/{event_id}/feedback", status_code=202)
    async def feedback(  # pyright: ignore[reportUnusedFunction]
        event_id: str, given: FeedbackRequest, request: Request
    ) -> dict[str, str]:
        """A player's rating of an event they were given."""
        backend = get_backend()
        backend.keyring.admit(request)
        draft_id = draft_of(event_id)
        if not event_id.removeprefix(f"{draft_id}.").startswith(player_tag(given.player_id)):
            raise Problem(404, "this player was given no such event")
        if backend.library.find(draft_id) is None and not await backend.store.record(draft_id):
            raise Problem(404, "no such event; records are kept for a day")
        entry = {
            "eventId": event_id,
            "rating": given.rating,
            "choiceId": given.choice_id,
            "at": time.time(),
        }
        await backend.store.append(
            f"feedback:{draft_id}", json.dumps(entry), largest=1000, seconds=backend.record_ttl_s
        )
        backend.tally.count(metrics.FEEDBACK, str(given.rating))
        return {"status": "recorded"}

    @routes.get("/{event_id}")
    async def flight_record(event_id: str, request: Request) -> dict[str, object]:  # pyright: ignore[reportUnusedFunction]
        """How an event came to be: prompt version, model, seed, draft, verdicts, timings (admin)."""
        backend = get_backend()
        backend.keyring.admit_admin(request)
        draft_id = draft_of(event_id)
        ratings = [
            json.loads(entry) for entry in await backend.store.entries(f"feedback:{draft_id}")
        ]
        written = backend.library.find(draft_id)
        if written is not None:
            record = written.model_dump(mode="json") | {"source": "static"}
        else:
            draft = await backend.store.record(draft_id)
            if draft is None:
                raise Problem(404, "no such event; records are kept for a day")
            record = draft.model_dump(mode="json", by_alias=True) | {"source": "llm"}
        return {"eventId": event_id, "record": record, "feedback": ratings}

    return routes


@dataclass(frozen=True, slots=True)
class Call:
    """An event call that has been read and is valid."""

    ask: Ask
    body: bytes
    request_id: str
    arrived: float
    """`time.perf_counter()` when it came in."""


async def begin(request: Request, backend: Backend) -> Call:
    """Reads and checks a call. Raises Problem or pydantic's ValidationError for what is wrong with it."""
    arrived = time.perf_counter()
    backend.keyring.admit(request)
    body = await request.body()
    wanted = EventRequest.model_validate_json(body)
    waited = time.perf_counter() - arrived
    allowed = wanted.deadline_ms / 1000 if wanted.deadline_ms else backend.default_deadline_s
    ask = Ask(
        player_id=wanted.player_id,
        state=wanted.game_state,
        locale=wanted.locale,
        event_type=wanted.event_context.wanted_type,
        deadline=time.monotonic() + allowed - waited,
    )
    return Call(ask, body, request_id_of(request), arrived)


async def at_once(call: Call, backend: Backend) -> Response | None:
    """The answer, where it needs no writing."""
    served = await backend.service.at_once(call.ask)
    return _respond(call, served, backend) if served else None


async def in_time(call: Call, backend: Backend) -> Response:
    """The answer by the deadline, where there is none at once."""
    return _respond(call, await backend.service.in_time(call.ask), backend)


async def next_event(request: Request, backend: Backend) -> Response:
    """The whole event call. Raises what `begin` raises."""
    call = await begin(request, backend)
    key = request.headers.get("idempotency-key")
    if key is None:
        return await _answer(call, backend, request)
    return await _once(key, call, backend, request)


async def _answer(call: Call, backend: Backend, request: Request) -> Response:
    with span("event", carried=request.headers):
        return await at_once(call, backend) or await in_time(call, backend)


def _respond(call: Call, served: Served, backend: Backend) -> Response:
    took = time.perf_counter() - call.arrived
    _count(backend.tally, served, took)
    backend.log.served(call.request_id, served, took)
    mark(source=served.source, prompt_version=served.prompt_version, request_id=call.request_id)
    return _response(served, call.request_id, took)


def request_id_of(request: Request) -> str:
    """Behind Ray Serve every request has an id, which it also puts on the answer."""
    return request.headers.get("x-request-id") or uuid4().hex


def _count(tally: Tally, served: Served, took: float) -> None:
    outcome = served.outcome(took)
    tally.count(metrics.REQUESTS, served.source, outcome)
    tally.observe(metrics.RESPONSE, took, served.source)
    if served.arm:
        tally.count(metrics.ARM_REQUESTS, served.arm, outcome)
        tally.observe(metrics.ARM_RESPONSE, took, served.arm)
    if served.source in (Source.POOL, Source.STALE):
        tally.observe(metrics.EVENT_AGE, served.age_s)


def _response(served: Served, request_id: str, took: float) -> Response:
    return Response(
        render(served, request_id, took),
        media_type="application/json",
        headers={
            "Server-Timing": f"total;dur={took * 1000:.1f}, source;desc={served.source}",
        },
    )


async def _once(key: str, call: Call, backend: Backend, request: Request) -> Response:
    """The same key and body get the same answer for ten minutes; without a store, a fresh one."""
    if not 1 <= len(key) <= 128:
        raise Problem(422, "Idempotency-Key: must have 1 to 128 characters")
    name = f"idempotent:{sha256(f'{call.ask.player_id}|{key}'.encode()).hexdigest()}"
    digest = sha256(call.body).hexdigest()
    try:
        if earlier := await backend.store.recall(name):
            backend.log.replayed(call.request_id, time.perf_counter() - call.arrived)
            return _replayed(earlier, digest)
    except StoreError:
        return await _answer(call, backend, request)
    response = await _answer(call, backend, request)
    try:
        kept = await backend.store.remember(
            name, f"{digest}{bytes(response.body).decode()}", _IDEMPOTENT_S
        )
        if not kept and (earlier := await backend.store.recall(name)):
            return _replayed(earlier, digest)
    except StoreError:
        pass
    return response


def _replayed(earlier: str, digest: str) -> Response:
    if earlier[:64] != digest:
        raise Problem(409, "this Idempotency-Key was used with another body; use a new one")
    return Response(
        earlier[64:], media_type="application/json", headers={"Idempotency-Replayed": "true"}
    )


def _documented() -> dict[str, object]:
    """The body and answer of the event route, which reads its body itself for speed."""
    schema = EventRequest.model_json_schema(by_alias=True, ref_template=f"{_BODY}/$defs/{{model}}")
    return {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": schema, "example": EVENT_REQUEST}},
        },
        "responses": {
            "200": {"content": {"application/json": {"example": EVENT_RESPONSE}}},
        },
    }


_BODY = "#/paths/~1api~1llm~1events/post/requestBody/content/application~1json/schema"
