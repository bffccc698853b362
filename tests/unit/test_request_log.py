"""One line per request: complete, and nothing of the player in it."""

import io
import json
from dataclasses import replace
from typing import Any

import pytest
from fakes import MemoryStore
from live_platform import request
from served import backend, client, keyring

from serve.api.request_log import RequestLog

SECRET = "비밀번호는 사과나무"


class FullDisk(io.StringIO):
    """Takes nothing while it is full."""

    full = True

    def write(self, text: str, /) -> int:
        if self.full:
            raise OSError("no space left on device")
        return super().write(text)


async def lines(*bodies: dict[str, Any], **headers: str) -> list[dict[str, Any]]:
    """What is logged of these requests."""
    stream = io.StringIO()
    log = RequestLog(stream=stream)
    built = replace(backend(MemoryStore(), keyring(("key",), "", 100)), log=log)
    async with client(built) as api:
        for body in bodies:
            await api.post("/api/llm/events", json=body, headers=headers)
    await log.flush()
    return [json.loads(line) for line in stream.getvalue().splitlines()]


KEY = {"Authorization": "Bearer key", "X-Request-Id": "r-1"}


async def test_an_event_s_line() -> None:
    body = request(player="apple-tree", eventContext={"note": SECRET})
    [line] = await lines(body, **KEY)
    assert (line["requestId"], line["status"], line["source"]) == ("r-1", 200, "llm")
    assert line["outcome"] == "good"
    assert line["promptVersion"] == "p1"
    assert line["stagesMs"]["engine"] == 900
    assert line["eventId"].startswith("written.")
    written = json.dumps(line, ensure_ascii=False)
    assert "사과" not in written
    assert "apple" not in written


async def test_refusals_and_replays_have_lines_too() -> None:
    body = request()
    assert [line["status"] for line in await lines(body)] == [401]
    assert [line["status"] for line in await lines(body | {"gameState": SECRET}, **KEY)] == [422]
    found = await lines(body, body, **KEY, **{"Idempotency-Key": "once"})
    assert [line["source"] for line in found] == ["llm", "replay"]


async def test_a_full_disk_stops_nobody_and_is_told_later() -> None:
    disk = FullDisk()
    log = RequestLog(stream=disk)
    log.refused("a", 429, 0.001)
    await log.flush()
    disk.full = False
    log.refused("b", 429, 0.001)
    await log.flush()
    [line] = [json.loads(text) for text in disk.getvalue().splitlines()]
    assert (line["requestId"], line["dropped"]) == ("b", 1)


@pytest.mark.parametrize("enabled", [True, False])
async def test_it_is_bounded_and_can_be_left_out(enabled: bool) -> None:
    stream = io.StringIO()
    log = RequestLog(enabled=enabled, stream=stream)
    for _ in range(20_005):
        log.replayed("a", 0.001)
    await log.flush()
    assert len(stream.getvalue().splitlines()) == (20_000 if enabled else 0)
