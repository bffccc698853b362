"""Events, feedback, flight records: what the game's backend calls."""

import re
import time
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from pydantic import StringConstraints, ValidationError

from serve import metrics
from serve.api.backend import Backend, GetBackend
from serve.api.bodies import must_be_json
from serve.api.contract import EventRequest, EventResponse, FeedbackEntry, FeedbackRequest
from serve.api.document import answers
from serve.api.event_document import LONGEST_KEY, described
from serve.api.guard import caller, guarded
from serve.api.problems import Problem
from serve.api.rendering import render
from serve.errors import StoreError
from serve.rows import readable
from serve.serving import Ask, Served, Source, draft_of, player_tag
from serve.settings.access import Scope
from serve.tally import Tally
from serve.telemetry import mark, span

EventId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,128}$")]
PATH = "/api/llm/events"
_IDEMPOTENT_S = 600
_DIGEST = re.compile(r"[0-9a-f]{64}\{")
"""How an answer kept begins: the digest of the body it was given for."""


def routers(get_backend: GetBackend) -> tuple[APIRouter, ...]:
    """The routes of the game, and the flight record."""
    return _game(get_backend), _admin(get_backend)


def _game(get_backend: GetBackend) -> APIRouter:
    routes = guarded(get_backend, Scope.GAME, prefix=PATH, tags=["events"])

    @routes.post("", openapi_extra=described(), response_model=EventResponse)
    async def event(request: Request) -> Response:  # pyright: ignore[reportUnusedFunction]
        """A valid event for this player, before the deadline, whatever is broken behind."""
        return await next_event(request, get_backend())

    @routes.post(
        "/{event_id}/feedback",
        status_code=202,
        operation_id="feedback",
        responses=answers(404, 503),
    )
    async def feedback(event_id: EventId, given: FeedbackRequest) -> dict[str, str]:  # pyright: ignore[reportUnusedFunction]
        """A player's rating of an event they were given."""
        backend = get_backend()
        draft_id = draft_of(event_id)
        if not event_id.removeprefix(f"{draft_id}.").startswith(player_tag(given.player_id)):
            raise Problem(404, "this player was given no such event")
        if backend.library.find(draft_id) is None and not await backend.store.record(draft_id):
            raise Problem(404, "no such event; records are kept for a day")
        entry = FeedbackEntry(
            event_id=event_id, rating=given.rating, choice_id=given.choice_id, at=time.time()
        ).model_dump_json(by_alias=True)
        await backend.store.append(
            f"feedback:{draft_id}", entry, largest=1000, seconds=backend.record_ttl_s
        )
        backend.tally.count(metrics.FEEDBACK, str(given.rating))
        return {"status": "recorded"}

    return routes


def _admin(get_backend: GetBackend) -> APIRouter:
    routes = guarded(get_backend, Scope.ADMIN, prefix=PATH, tags=["events"])

    @routes.get("/{event_id}", operation_id="flightRecord", responses=answers(404, 503))
    async def flight_record(event_id: EventId) -> dict[str, object]:  # pyright: ignore[reportUnusedFunction]
        """How an event came to be: prompt version, model, seed, draft, verdicts, timings (admin)."""
        backend = get_backend()
        draft_id = draft_of(event_id)
        rows = await backend.store.entries(f"feedback:{draft_id}")
        ratings = [entry.model_dump(by_alias=True) for entry in readable(FeedbackEntry, rows)]
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
    client = caller(request, backend, Scope.GAME)
    must_be_json(request)
    body = await request.body()
    wanted = EventRequest.model_validate_json(body, by_alias=True, by_name=False)
    waited = time.perf_counter() - arrived
    allowed = wanted.deadline_ms / 1000 if wanted.deadline_ms else backend.default_deadline_s
    ask = Ask(
        player_id=wanted.player_id,
        state=wanted.game_state,
        locale=wanted.locale,
        event_type=wanted.event_context.wanted_type,
        deadline=time.monotonic() + allowed - waited,
        client=client.name,
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
    if not 1 <= len(key) <= LONGEST_KEY:
        wrong = {"field": "Idempotency-Key", "message": f"must have 1 to {LONGEST_KEY} characters"}
        raise Problem(422, f"{wrong['field']}: {wrong['message']}", errors=[wrong])
    name = f"idempotent:{sha256(f'{call.ask.player_id}|{key}'.encode()).hexdigest()}"
    digest = sha256(call.body).hexdigest()
    try:
        earlier = await backend.store.recall(name)
    except StoreError:
        return await _answer(call, backend, request)
    if earlier and (replayed := _replayed(earlier, digest, call.ask, backend)):
        backend.log.replayed(call.request_id, time.perf_counter() - call.arrived)
        return replayed
    response = await _answer(call, backend, request)
    try:
        kept = await backend.store.remember(
            name, f"{digest}{bytes(response.body).decode()}", _IDEMPOTENT_S
        )
        if not kept and (earlier := await backend.store.recall(name)):
            return _replayed(earlier, digest, call.ask, backend) or response
    except StoreError:
        pass
    return response


def _replayed(earlier: str, digest: str, ask: Ask, backend: Backend) -> Response | None:
    """The answer kept, read and written anew; None where it is none that may be given again."""
    if _DIGEST.match(earlier) and earlier[:64] != digest:
        raise Problem(409, "this Idempotency-Key was used with another body; use a new one")
    try:
        answer = EventResponse.model_validate_json(earlier[64:])
    except ValidationError:
        return None
    if not (answer.whole and backend.service.may_repeat(ask, answer.source, answer.event)):
        return None
    return Response(
        answer.model_dump_json(by_alias=True),
        media_type="application/json",
        headers={"Idempotency-Replayed": "true"},
    )
