"""The event call in the OpenAPI document; it reads its body itself, so FastAPI cannot tell."""

from typing import Any

from serve.api.contract import EventRequest
from serve.api.document import answers, link
from serve.api.examples import EVENT_REQUEST, EVENT_RESPONSE

LONGEST_KEY = 128
_PLACE = (
    "#/paths/~1api~1llm~1events/post/requestBody/content/application~1json/schema/$defs/{model}"
)
_EVENT = {"event_id": "$response.body#/event/eventId"}


def described() -> dict[str, Any]:
    """Parameters, body and answers, as `openapi_extra` takes them."""
    schema = EventRequest.model_json_schema(by_alias=True, ref_template=_PLACE)
    body = {"application/json": {"schema": schema, "example": EVENT_REQUEST}}
    served = {
        "content": {"application/json": {"example": EVENT_RESPONSE}},
        "headers": {
            "Server-Timing": _text("How long it took, and where the event came from."),
            "Idempotency-Replayed": _text("`true`: the answer of an earlier call of the same key."),
        },
        "links": _links(),
    }
    return {
        "parameters": [
            _header("Idempotency-Key", LONGEST_KEY, "A key of the caller's for this event."),
            _header("X-Request-Id", None, "The caller's own id; one that is odd is replaced."),
        ],
        "requestBody": {"required": True, "content": body},
        "responses": {"200": served, **{str(k): v for k, v in answers(409).items()}},
    }


def _links() -> dict[str, Any]:
    rating = {"playerId": "$request.body#/playerId", "rating": 4, "choiceId": "a"}
    return {
        "rate": link("feedback", "Its player rates it.", parameters=_EVENT, requestBody=rating),
        "inspect": link("flightRecord", "How it came to be.", parameters=_EVENT),
    }


def _header(name: str, longest: int | None, description: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    if longest:
        schema |= {"minLength": 1, "maxLength": longest}
    return {"name": name, "in": "header", "description": description, "schema": schema}


def _text(description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}}
