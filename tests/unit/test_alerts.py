"""What Alertmanager's messages do, and what they cannot do."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fakes import MemoryStore
from served import backend, client, keyring

TOKEN = {"Authorization": "Bearer alerts-token"}
FLAG = "llm-events"


def alert(minutes_ago: float = 5, **changes: Any) -> dict[str, Any]:
    """As Alertmanager writes it."""
    return {
        "status": "firing",
        "labels": {
            "alertname": "LlmFailures",
            "severity": "critical",
            "action": "flag-off",
            "flag": FLAG,
        },
        "annotations": {"summary": "Drafts fail", "value": "34 %"},
        "startsAt": (datetime.now(UTC) - timedelta(minutes=minutes_ago)).isoformat(),
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus/graph",
        "fingerprint": "c0ffee00c0ffee00",
        **changes,
    }


def message(*alerts: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": "4",
        "groupKey": "{}:{}",
        "status": "firing",
        "receiver": "platform",
        "alerts": list(alerts),
    }


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
async def api(store: MemoryStore) -> AsyncIterator[httpx.AsyncClient]:
    ring = keyring(("game-key",), "admin-token", 100, alerts="alerts-token")
    async with client(backend(store, ring)) as opened:
        yield opened


async def flag(api: httpx.AsyncClient) -> bool:
    answer = await api.get(
        f"/api/llm/flags/{FLAG}", headers={"Authorization": "Bearer admin-token"}
    )
    return answer.json()["enabled"]


async def switch_on(api: httpx.AsyncClient) -> None:
    await api.put(
        f"/api/llm/flags/{FLAG}",
        json={"enabled": True, "reason": "it works again"},
        headers={"Authorization": "Bearer admin-token"},
    )


async def post(api: httpx.AsyncClient, *alerts: dict[str, Any]) -> httpx.Response:
    return await api.post("/api/llm/alerts", json=message(*alerts), headers=TOKEN)


async def test_a_critical_alert_switches_the_flag_off_and_is_audited(
    api: httpx.AsyncClient,
) -> None:
    assert (await post(api, alert())).json() == {"acted": 1, "replayed": 0, "ignored": 0}
    assert not await flag(api)
    trail = await api.get("/api/llm/audit", headers={"Authorization": "Bearer admin-token"})
    [entry] = trail.json()
    assert (entry["subject"], entry["state"]) == (FLAG, "off")
    assert (entry["actor"], entry["reason"]) == ("alert:LlmFailures", "Drafts fail 34 %")


async def test_sent_again_it_does_not_overrule_a_person(api: httpx.AsyncClient) -> None:
    first = alert()
    await post(api, first)
    await switch_on(api)
    assert (await post(api, first)).json()["replayed"] == 1
    assert await flag(api)
    assert (await post(api, alert(minutes_ago=1))).json()["acted"] == 1  # it fired anew
    assert not await flag(api)


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "resolved"},
        {"labels": {"alertname": "Slow", "severity": "high"}},
        {"labels": {"alertname": "X", "action": "flag-off", "flag": "another"}},
        {"minutes_ago": 7 * 24 * 60},
    ],
    ids=["resolved", "no-action", "unknown-flag", "old"],
)
async def test_what_asks_for_nothing_does_nothing(
    api: httpx.AsyncClient, changes: dict[str, Any]
) -> None:
    assert (await post(api, alert(**changes))).json() == {"acted": 0, "replayed": 0, "ignored": 1}
    assert await flag(api)


@pytest.mark.parametrize(
    ("key", "status"), [("", 401), ("game-key", 403), ("admin-token", 403), ("alerts-toke", 401)]
)
async def test_only_alertmanager_may_post(api: httpx.AsyncClient, key: str, status: int) -> None:
    headers = {"Authorization": f"Bearer {key}"}
    answer = await api.post("/api/llm/alerts", json=message(alert()), headers=headers)
    assert answer.status_code == status
    assert await flag(api)


async def test_the_alerts_token_opens_nothing_else(api: httpx.AsyncClient) -> None:
    for method, path in (("GET", f"/api/llm/flags/{FLAG}"), ("GET", "/api/llm/metrics")):
        assert (await api.request(method, path, headers=TOKEN)).status_code == 403


async def test_without_a_token_nobody_may() -> None:
    async with client(backend(MemoryStore(), keyring((), "", 100))) as opened:
        assert (await post(opened, alert())).status_code == 403


async def test_without_redis_the_sender_is_asked_to_come_again(
    api: httpx.AsyncClient, store: MemoryStore
) -> None:
    store.broken = True
    assert (await post(api, alert())).status_code == 503
    store.broken = False
    assert (await post(api, alert())).json()["acted"] == 1


@pytest.mark.parametrize(
    "changes",
    [{"fingerprint": "../../x"}, {"startsAt": "yesterday"}, {"status": "?"}, {"labels": "x"}],
)
async def test_a_message_that_cannot_be_read_names_its_field(
    api: httpx.AsyncClient, changes: dict[str, Any]
) -> None:
    answer = await post(api, alert(**changes))
    assert answer.status_code == 422
    assert next(iter(changes)) in answer.text
    assert await flag(api)


async def test_annotations_bring_no_markup_along(api: httpx.AsyncClient) -> None:
    await post(api, alert(annotations={"summary": "<!channel> `rm`\n" + "x" * 900}))
    trail = await api.get("/api/llm/audit", headers={"Authorization": "Bearer admin-token"})
    reason = trail.json()[0]["reason"]
    assert len(reason) <= 160
    assert not {"!", "`", "\n"} & set(reason)
