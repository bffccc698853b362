"""Every place where a client can put a text, as calls: what is sent, and what the answer has to be."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import quote

from injections import Injection
from live_platform import new_player, request
from review_samples import answers, review_item

TAKEN, REFUSED = (200,), (404, 422)
EVENTS, ITEM = "/api/llm/events", review_item().item_id
UNKNOWN = (
    "temperature", "top_p", "min_p", "max_tokens", "seed", "grammar", "prompt", "system", "model",
    "messages", "guided_json", "promptVersion", "angle", "uses", "offers", "situation", "stage",
)  # fmt: skip
"""Fields that the contract does not have, by names which the engine or our own code knows."""
_NO_IDENTIFIER = re.compile(r"[^A-Za-z0-9_.:@-]+")
_HEADERS = (
    b"X-Request-Id", b"traceparent", b"tracestate", b"baggage", b"User-Agent", b"Cookie", b"Referer",
)  # fmt: skip


class HostileCall(NamedTuple):
    field: str
    """Where the text is."""
    method: str
    path: str
    body: Any
    statuses: tuple[int, ...]
    """One of them the answer has."""
    headers: Mapping[bytes, bytes] = MappingProxyType({})


def event_calls(injection: Injection) -> Iterator[HostileCall]:
    """Valid calls with the text wherever a valid call can have it, all of them at once."""
    locale = ("ko", "en")[len(injection.text) % 2]
    note, more = injection.marked[:500], dict.fromkeys(UNKNOWN, injection.marked[:300])
    for field, context in (
        ("eventContext", note),
        ("eventContext.note", {"note": note, **more}),
    ):
        body = request(
            player=plain(injection), gameId=plain(injection), locale=locale, deadlineMs=30_000,
            infrastructure=["EC2", "RDS", *_pieces(injection.marked)], eventContext=context,
        )  # fmt: skip
        body["gameState"] |= more
        yield HostileCall(field, "POST", EVENTS, body | more, TAKEN, _headers(field, injection))


def refused_calls(injection: Injection) -> Iterator[HostileCall]:
    """Calls with the text in a place that takes none."""
    text = injection.marked
    for field in (
        "playerId", "gameId", "locale", "deadlineMs", "gameState", "gameState.currentTurn",
        "gameState.difficulty", "gameState.cash", "gameState.users", "gameState.trust",
        "gameState.infrastructure", "eventContext.eventType",
    ):  # fmt: skip
        yield HostileCall(field, "POST", EVENTS, _with(field, text), REFUSED)
    over = f"{injection.marked:x<501}"
    yield HostileCall("eventContext too long", "POST", EVENTS, _with("eventContext", over), REFUSED)
    rated, unknown = {"playerId": new_player(), "rating": 5}, f"{EVENTS}/{quote(text, safe='')}"
    yield HostileCall("feedback eventId", "POST", f"{unknown}/feedback", rated, REFUSED)
    feedback = f"{EVENTS}/d1.0000000000/feedback"
    for name in ("playerId", "rating", "choiceId"):
        yield HostileCall(f"feedback {name}", "POST", feedback, rated | {name: text}, REFUSED)


def admin_calls(injection: Injection) -> Iterator[HostileCall]:
    """Calls of admins and of Alertmanager, which may hold texts and keep some of them."""
    text, flag, rollout = injection.marked, "/api/llm/flags/llm-events", "/api/llm/rollout"
    switched = {"enabled": True, "reason": text[:200]}
    yield HostileCall("flag reason", "PUT", flag, switched, TAKEN)
    yield HostileCall(
        "flag name", "PUT", f"/api/llm/flags/{quote(text, safe='')}", switched, REFUSED
    )
    for action in ("start", "rollback"):
        change = {"action": action, "subject": "candidate", "reason": text[:200]}
        yield HostileCall(f"roll-out reason of {action}", "POST", rollout, change, TAKEN)
    started = {"action": "start", "subject": text}
    yield HostileCall("roll-out subject", "POST", rollout, started, REFUSED)
    item = f"/api/llm/reviews/{ITEM}"
    reviewed = answers(plain(injection).replace(":", ".")) | {"note": text}
    yield HostileCall("review note", "PUT", item, reviewed, TAKEN)
    yield HostileCall("reviewer", "PUT", item, answers(f"{injection.canary}\n{text}"), REFUSED)
    yield HostileCall("alert", "POST", "/api/llm/alerts", _alert(text), TAKEN)


def plain(injection: Injection) -> str:
    """As much of the text as an identifier may have, canary first."""
    return _NO_IDENTIFIER.sub(".", injection.marked)[:64]


def _pieces(text: str) -> list[str]:
    """The whole text in names of infrastructure."""
    return [text[at : at + 40] for at in range(0, min(len(text), 38 * 40), 40)]


def _with(field: str, value: Any) -> dict[str, Any]:
    body = request()
    *parents, name = field.split(".")
    inner = body
    for parent in parents:
        inner = inner.setdefault(parent, {})
    inner[name] = value
    return body


def _headers(field: str, injection: Injection) -> dict[bytes, bytes]:
    """Printable, for the rest cannot be sent at all."""
    letters = (letter if letter.isprintable() else "?" for letter in injection.marked)
    told = "".join(letters).strip().encode()
    return dict.fromkeys(_HEADERS, told) | {b"Idempotency-Key": f"{field} ".encode() + told[:100]}


def _alert(text: str) -> dict[str, Any]:
    alert = {
        "status": "firing",
        "labels": {"alertname": text, "action": "flag-off", "flag": text},
        "annotations": {"summary": text, "value": text},
        "startsAt": datetime.now(UTC).isoformat(),
        "fingerprint": "c0ffee00c0ffee00",
    }
    return {"version": "4", "alerts": [alert]}
