"""Every route has a scope, is closed to everybody else, and what an admin does is written down."""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fakes import MemoryStore
from fastapi import APIRouter, FastAPI
from served import backend, client, keyring

from serve.api import Backend, create_api
from serve.api.guard import Entry, guarded, table
from serve.api.request_log import RequestLog
from serve.settings.access import Scope

KEYS = {"game": "game-key", "admin": "admin-key", "alerts": "alerts-key", "evaluation": "study"}
OPENS = {
    "public": {"", *KEYS.values(), "guess"},
    "game": {"game-key", "study", "admin-key"},
    "admin": {"admin-key"},
    "alerts": {"alerts-key"},
}
VALUES = {"event_id": "d.0", "name": "llm-events", "item_id": "item-1"}


def built(log: RequestLog | None = None) -> Backend:
    ring = keyring(("game-key",), "admin-key", 1e6, evaluation=("study",), alerts="alerts-key")
    made = backend(MemoryStore(), ring)
    return replace(made, log=log) if log else made


ROUTES = list(table(create_api(built)))
GUARDED = [route for route in ROUTES if route.scope != "public"]


def named(route: Entry) -> str:
    return f"{route.method} {route.path}"


async def call(api: httpx.AsyncClient, route: Entry, key: str) -> httpx.Response:
    """Without a body: a guard that asks for one first would answer 422."""
    path = re.sub(r"\{(\w+)\}", lambda found: VALUES[found[1]], route.path)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return await api.request(route.method, path, headers=headers, content=b"{not json")


def test_the_table_in_the_documents() -> None:
    rows = [f"| `{route.method}` | `{route.path}` | {route.scope} |" for route in ROUTES]
    page = Path("docs/threat-model.md").read_text("utf-8")
    found = [line for line in page.splitlines() if re.match(r"\| `[A-Z]+` \| `/", line)]
    assert found == rows, "docs/threat-model.md should have:\n" + "\n".join(rows)


@pytest.mark.parametrize("key", ["", "guess", *KEYS.values()], ids=lambda key: key or "no key")
@pytest.mark.parametrize("route", GUARDED, ids=named)
async def test_who_may_call_what(route: Entry, key: str) -> None:
    async with client(built()) as api:
        status = (await call(api, route, key)).status_code
    if key in OPENS[route.scope]:
        assert status not in (401, 403)
    else:
        assert status == (403 if key in KEYS.values() else 401)


@pytest.mark.parametrize("route", [one for one in ROUTES if one.scope == "public"], ids=named)
async def test_what_is_public_tells_no_secret_and_changes_nothing(route: Entry) -> None:
    assert route.method in ("GET", "HEAD")
    if route.path == "/review/{name}.js":
        return
    async with client(built()) as api:
        answer = await call(api, route, "")
    assert answer.status_code == 200
    assert not any(key in answer.text for key in KEYS.values())


def test_a_route_that_nobody_guards_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    forgotten = APIRouter()
    forgotten.add_api_route("/forgotten", lambda: None)
    monkeypatch.setattr("serve.api.alerts.router", lambda _: forgotten)  # pyright: ignore[reportUnknownLambdaType]
    with pytest.raises(TypeError, match="/forgotten"):
        create_api(built)


def test_a_websocket_and_a_mount_are_routes_too() -> None:
    app = FastAPI(redoc_url=None)
    app.include_router(guarded(built, Scope.ADMIN))
    app.mount("/files", FastAPI())
    with pytest.raises(TypeError, match="/files"):
        list(table(app))


CHANGES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "flag": ("PUT", "/api/llm/flags/llm-events", {"enabled": False, "reason": "r"}),
    "roll-out": ("POST", "/api/llm/rollout", {"action": "start", "reason": "r"}),
}


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    with io.StringIO() as stream:
        yield stream


@pytest.mark.parametrize("route", [one for one in GUARDED if one.scope == "admin"], ids=named)
async def test_whatever_an_admin_does_is_logged(route: Entry, written: io.StringIO) -> None:
    log = RequestLog(stream=written)
    async with client(built(log)) as api:
        status = (await call(api, route, "admin-key")).status_code
        await call(api, route, "guess")
    await log.flush()
    did, tried = (json.loads(line) for line in written.getvalue().splitlines())
    assert (did["actor"], did["action"], did["status"]) == ("admin", named(route), status)
    assert (tried["actor"], tried["action"], tried["status"]) == ("", named(route), 401)
    assert not {"admin-key", "guess"} & set(re.findall(r"[\w-]+", written.getvalue()))


@pytest.mark.parametrize("change", CHANGES)
async def test_whatever_an_admin_changes_is_in_the_audit_trail(change: str) -> None:
    method, path, body = CHANGES[change]
    headers = {"Authorization": "Bearer admin-key"}
    async with client(built()) as api:
        assert (await api.request(method, path, json=body, headers=headers)).status_code == 200
        trail = (await api.get("/api/llm/audit", headers=headers)).json()
    assert (trail[0]["actor"], trail[0]["reason"]) == ("admin", "r")
