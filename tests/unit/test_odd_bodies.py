"""Whatever is sent for an event, through both ways in: an event exactly where the contract says so, else a
refusal that names a field; and both ways agree."""

import asyncio
from collections.abc import Callable, Iterator, Mapping

import httpx
import pytest
from contract_reading import is_valid
from fakes import Desk, MemoryStore
from hypothesis import example, given, settings
from hypothesis import strategies as st
from live_platform import request
from odd_bodies import BODIES
from samples import pooled
from served import backend, client

from serve.api.contract import EventResponse

_JSON = {"Content-Type": "application/json"}
_PATH = "/api/llm/events"


Ask = Callable[[bytes, Mapping[str, str | bytes]], list[httpx.Response]]


@pytest.fixture(scope="module")
def both() -> Iterator[Ask]:
    """Asks behind Ray Serve and before it, each of a platform of its own."""
    built = [backend(MemoryStore(), desk=Desk(pooled("written"))) for _ in range(2)]
    ways = [client(one, front=front) for one, front in zip(built, (False, True), strict=True)]

    async def ask(body: bytes, headers: Mapping[str, str | bytes]) -> list[httpx.Response]:
        return [await way.post(_PATH, content=body, headers=dict(headers)) for way in ways]  # pyright: ignore[reportArgumentType]

    with asyncio.Runner() as runner:
        yield lambda body, headers: runner.run(ask(body, headers))


@given(BODIES)
@example(b"[" * 100_000)
@example(b'{"a":' * 50_000)
@example(b"9" * 60_000)
@settings(max_examples=600, deadline=None, derandomize=True)
def test_a_body(both: Ask, body: bytes) -> None:
    behind, before = both(body, _JSON)
    assert behind.status_code == before.status_code
    if len(body) > 64 * 1024:
        assert behind.status_code == 413
    elif is_valid(body):
        assert behind.status_code == 200, (body, behind.text)
        EventResponse.model_validate_json(behind.content)
        EventResponse.model_validate_json(before.content)
    else:
        assert behind.status_code == 422, (body, behind.text)
        assert behind.json() == before.json()
        assert all(set(error) == {"field", "message"} for error in behind.json()["errors"])
        assert behind.json()["errors"]


_ODD = st.binary(max_size=300).filter(lambda value: not set(value) & set(b"\r\n\x00"))


@given(key=_ODD, request_id=_ODD, trace=_ODD)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_headers_of_any_bytes(both: Ask, key: bytes, request_id: bytes, trace: bytes) -> None:
    body = httpx.Request("POST", "http://test", json=request(player="p")).content
    headers: dict[str, str | bytes] = _JSON | {
        "Idempotency-Key": key,
        "X-Request-Id": request_id,
        "Traceparent": trace,
    }
    for answer in both(body, headers):
        if 1 <= len(key) <= 128:
            assert answer.status_code == 200, answer.text
            assert len(answer.json()["requestId"]) <= 128
        else:
            assert answer.status_code == 422
            assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


@pytest.mark.parametrize(
    ("media", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("Application/JSON", 200),
        ("application/vnd.game+json", 200),
        ("text/json", 415),
        ("application/jsonx", 415),
        ("text/plain", 415),
        ("", 415),
        ("\xff", 415),
    ],
)
def test_a_body_says_that_it_is_json(both: Ask, media: str, status: int) -> None:
    body = httpx.Request("POST", "http://test", json=request()).content
    answers = both(body, {"Content-Type": media.encode("latin-1")})
    assert [answer.status_code for answer in answers] == [status, status]
