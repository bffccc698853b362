"""All that clients, admins and Alertmanager may do, with canaries in what they send; answers are kept."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
from canaries import Canaries
from live_platform import request
from review_samples import answers

EVENTS, FLAG = "/api/llm/events", "/api/llm/flags/llm-events"
_REVIEWS = ("reviews", "answer of GET /api/llm/reviews")
"""What is there to keep the names and notes of reviewers."""
_REASONS = ("run/", "Redis", "message", "answer of GET /api/llm/audit", "answer of GET /api/llm/rollout",
            "answer of POST /api/llm/rollout")  # fmt: skip
"""What is there to keep an admin's reason."""


class Caller:
    """One who calls, and what was answered: (call, status, headers and body)."""

    def __init__(self, url: str, key: str, heard: list[tuple[str, int, bytes]]) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.http, self._heard = httpx.Client(base_url=url, headers=headers, timeout=40), heard

    def __call__(self, method: str, path: str, **more: Any) -> httpx.Response:
        answer = self.http.request(method, path, **more)
        told = str(answer.headers).encode() + answer.content
        self._heard.append((f"{method} {path.partition('?')[0]}", answer.status_code, told))
        return answer


def players(call: Caller, canaries: Canaries, count: int) -> Iterator[str]:
    """Event calls for as many situations; yields the ids of events."""
    for number in range(count):
        answer = call("POST", EVENTS, json=event(canaries, number), headers=_headers(canaries))
        assert answer.status_code == 200, answer.text
        yield answer.json()["event"]["eventId"]


def identified(call: Caller, canaries: Canaries, places: tuple[str, ...]) -> None:
    """An id of the caller's, which is there to be found again."""
    named = canaries.plant("X-Request-Id that is an id", kept_in=places)
    answer = call("POST", EVENTS, json=request(), headers={"X-Request-Id": named})
    assert answer.json()["requestId"] == named


def repeated(call: Caller, canaries: Canaries) -> None:
    """One key, the same body and then another."""
    headers, body = _headers(canaries), event(canaries, 1)
    headers |= {"Idempotency-Key": canaries.plant("Idempotency-Key")}
    statuses = [
        call("POST", EVENTS, json=sent, headers=headers).status_code
        for sent in (body, body, body | {"deadlineMs": 2000})
    ]
    assert statuses == [200, 200, 409]


def refused(call: Caller, canaries: Canaries) -> None:
    """What is wrong in the ways a call can be wrong."""
    text = canaries.plant("text that is refused", "비밀 {} \"\\'<>&")
    body = event(canaries, 0)
    for sent in (
        {"json": body | {"playerId": text}},
        {"json": body | {"locale": text}},
        {"json": body | {"eventContext": {"eventType": text}}},
        {"json": body | {"eventContext": {"note": [text]}}},
        {"json": body | {"gameState": text}},
        {"json": body | {"gameState": {text: text}}},
        {"json": body | {"padding": text * 4000}},
        {"content": json.dumps(body)[:-1] + f', "{text}'},
        {"content": b"\xff\xfe" + text.encode()},
        {"content": f'{{"{text}": {text}}}'},
        {"content": text, "headers": {"Content-Type": canaries.plant("Content-Type", "x/{}")}},
    ):
        assert call("POST", EVENTS, **sent).status_code in (413, 415, 422)
    path, query = canaries.plant("path"), canaries.plant("query")
    for method in ("GET", "POST", "PUT", "DELETE"):
        found = call(method, f"/api/llm/{path}?key={query}&{query}=1")
        assert found.status_code in (404, 405)
    feedback = f"{EVENTS}/{canaries.plant('event id')}.0123456789abcd/feedback"
    rating = {"playerId": canaries.plant("player id of feedback"), "rating": 5, "note": text}
    assert call("POST", feedback, json=rating).status_code == 404
    assert call("POST", feedback, json=rating | {"choiceId": text}).status_code == 422


def rated(call: Caller, canaries: Canaries) -> None:
    """Feedback that is taken."""
    player, text = canaries.plant("player id of feedback"), canaries.plant("note of feedback")
    given = call("POST", EVENTS, json=request(player)).json()["event"]["eventId"]
    rating = {"playerId": player, "rating": 5, "choiceId": "a", "note": text}
    assert call("POST", f"{EVENTS}/{given}/feedback", json=rating).status_code == 202


def strangers(url: str, heard: list[tuple[str, int, bytes]], canaries: Canaries) -> None:
    """With no key and with wrong ones, until they are held back."""
    call, statuses = Caller(url, "", heard), list[int]()
    for number in range(40):
        wrong = canaries.plant("wrong key")
        form = (
            {"Authorization": f"Bearer {wrong}"},
            {"X-API-Key": wrong},
            {"Authorization": f"Basic {wrong}"},
        )[number % 3]
        path = (EVENTS, "/api/llm/config", "/api/llm/rollout", "/api/llm/alerts")[number % 4]
        method = "POST" if path in (EVENTS, "/api/llm/alerts") else "GET"
        statuses.append(call(method, path, json={}, headers=form).status_code)
    assert set(statuses) <= {401, 403, 429}
    assert 401 in statuses


def admin(call: Caller, events: list[str], canaries: Canaries) -> None:
    """All an admin may do and look at."""
    reviewer = canaries.plant("reviewer's name", kept_in=_REVIEWS)
    note = canaries.plant("reviewer's note", "메모 {}", kept_in=_REVIEWS)
    for _ in range(3):
        found = call("GET", "/api/llm/reviews/next", params={"reviewer": reviewer}).json()["item"]
        if found is None:
            break
        item = f"/api/llm/reviews/{found['itemId']}"
        assert call("PUT", item, json=answers(reviewer, note=note)).status_code == 200
    call("PUT", f"/api/llm/reviews/{canaries.plant('item')}", json=answers(reviewer, note=note))
    call("PUT", "/api/llm/reviews/none", json=answers(reviewer, checklist={note: True}))
    for given in events:
        call("GET", f"{EVENTS}/{given}")
    reason = canaries.plant("an admin's reason", kept_in=_REASONS)
    for enabled in (False, True):
        switched = {"enabled": enabled, "reason": reason}
        assert call("PUT", FLAG, json=switched).status_code == 200
    for action in ("start", "hold", "resume", "advance", "rollback"):
        change = {"action": action, "subject": "llm-events", "reason": reason}
        assert call("POST", "/api/llm/rollout", json=change).status_code in (200, 409)
    for path in (
        "/api/llm/config", "/api/llm/metrics", "/api/llm/health", "/api/llm/audit", FLAG,
        "/api/llm/rollout", "/rollout", "/review", "/openapi.json", "/docs", "/healthz", "/readyz",
        "/api/llm/reviews/progress?reviewer=nobody", "/api/llm/reviews",
        "/api/llm/reviews?format=csv",
    ):  # fmt: skip
        assert call("GET", path).status_code == 200, path


def alertmanager(call: Caller, canaries: Canaries) -> None:
    """An alert that switches the flag off, and one that nothing is known of."""
    text = canaries.plant("label or annotation of an alert", "{} <http://x|y>")
    alert: dict[str, Any] = {
        "status": "firing",
        "labels": {"alertname": "A", "action": "flag-off", "flag": "llm-events", "pod": text},
        "annotations": {"summary": "s", "value": "1", "description": text, text: text},
        "startsAt": datetime.now(UTC).isoformat(),
        "fingerprint": "c0ffee00c0ffee00",
    }
    unknown = alert | {"labels": {"alertname": "B", "action": "flag-off", "flag": text}}
    sent = {"version": "4", "alerts": [alert, unknown], text: text}
    assert call("POST", "/api/llm/alerts", json=sent).json()["acted"] == 1
    assert call("POST", "/api/llm/alerts", json={"version": text}).status_code == 422


def event(canaries: Canaries, number: int) -> dict[str, Any]:
    """Valid, of another situation for each number, with a canary wherever there can be one."""
    note = canaries.plant("note", "장애 {} 메모")
    body = request(
        player=canaries.plant("player id"),
        gameId=canaries.plant("game id"),
        currentTurn=1 + 3 * (number % 8),
        trust=(20, 55, 90)[number % 3],
        infrastructure=[
            "EC2",
            "RDS",
            canaries.plant("infrastructure"),
            canaries.plant("other", "가 {}"),
        ],
        eventContext=note if number % 2 else {"note": note, canaries.plant("field"): note},
    )
    body["gameState"][canaries.plant("field of the state")] = note
    return body | {canaries.plant("field"): note}


def _headers(canaries: Canaries) -> dict[str, str]:
    """All that say something, none of which is an id."""
    state = f"a={canaries.plant('tracestate')}"
    parent = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
    names = ("User-Agent", "Cookie", "Referer", "Accept-Language", "X-Forwarded-For")
    return {
        **{name: canaries.plant(name, f"{name[0]}={{}}") for name in names},
        **parent,
        "tracestate": state,
        "baggage": f"b={canaries.plant('baggage')}",
        "X-Request-Id": canaries.plant("X-Request-Id", "no id {}"),
    }
