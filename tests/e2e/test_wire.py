"""What no client library would send, through the real HAProxy: refused in a sentence or cut off, and the
next player never notices."""

from collections.abc import Iterator

import pytest
import wire
from live_platform import LivePlatform
from wire import CHUNKED, JSON, call, chunks, exchange, get, valid

from serve.api.contract import EventResponse

pytestmark = pytest.mark.e2e
_LARGE = b" " * 70_000


def _with(old: bytes, new: bytes) -> bytes:
    """A valid body but for this."""
    body = valid(player="wire")
    assert old in body
    return body.replace(old, new)


def _more(text: bytes) -> bytes:
    """A valid body with something more in it."""
    return valid(player="wire")[:-1] + b"," + text + b"}"


@pytest.fixture(autouse=True)
def the_next_player_is_served(platform: LivePlatform) -> Iterator[None]:
    yield
    answer = platform.ask(deadlineMs=1000)
    assert answer.status_code == 200, answer.text
    EventResponse.model_validate(answer.json())
    assert answer.elapsed.total_seconds() < 1.1


BODIES = {
    "larger than allowed": (_LARGE, 413),
    "lists in lists": (b"[" * 60_000, 422),
    "lists in lists, closed": (_more(b'"x":' + b"[" * 20_000 + b"]" * 20_000), 422),
    "objects in objects": (b'{"a":' * 10_000, 422),
    "NaN": (_with(b'"trust":55', b'"trust":NaN'), 422),
    "Infinity": (_with(b'"trust":55', b'"trust":-Infinity'), 422),
    "1e400": (_with(b'"trust":55', b'"trust":1e400'), 422),
    "5.5e1, which is 55": (_with(b'"trust":55', b'"trust":5.5e1'), 422),
    "-0, which is 0": (_with(b'"users":1200', b'"users":-0'), 200),
    "4,000 digits": (_with(b"42000000", b"9" * 4_000), 422),
    "60,000 digits": (_with(b"42000000", b"9" * 60_000), 422),
    "leading zero": (_with(b'"trust":55', b'"trust":055'), 422),
    "a key twice: the last one counts": (_more(b'"locale":"xx","locale":"en"'), 200),
    "a key twice, the last one wrong": (_more(b'"locale":"en","locale":"xx"'), 422),
    "invalid UTF-8": (_with(b'"wire"', b'"\xff\xfe"'), 422),
    "invalid UTF-8 in a field nobody reads": (_more(b'"x":"\xc3\x28"'), 422),
    "overlong UTF-8": (_more(b'"x":"\xc0\xaf"'), 422),
    "half a surrogate pair": (_more(b'"eventContext":"\\ud800"'), 422),
    "a raw NUL": (_more(b'"eventContext":"\x00"'), 422),
    "an escaped NUL": (_more(b'"eventContext":"\\u0000"'), 200),
    "a byte order mark": (b"\xef\xbb\xbf" + valid(), 422),
    "UTF-16": (valid().decode().encode("utf-16"), 422),
    "something after the end": (valid() + b"{}", 422),
    "a NUL after the end": (valid() + b"\x00", 422),
    "gzip": (b"\x1f\x8b\x08\x00" + b"\x00" * 20, 422),
    "nothing": (b"", 422),
}


@pytest.mark.parametrize(("body", "status"), BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("how", ["announced", "in chunks"])
def test_a_body(platform: LivePlatform, how: str, body: bytes, status: int) -> None:
    sent = call(body) if how == "announced" else call(chunks(body), head=JSON + CHUNKED, length=b"")
    heard = exchange(platform.url, sent)
    assert heard.statuses == [status]
    if status != 200:
        assert heard.answers[0].problem["detail"]
    assert heard.took_s < 1.5


@pytest.mark.parametrize(
    ("length", "head", "body", "status"),
    [
        (b"-1", b"", b"", 400),
        (b"+10", b"", b"", 400),
        (b"abc", b"", b"", 400),
        (b"9" * 30, b"", b"", 400),
        (b"3, 4", b"", b"", 400),
        (b"999999999", b"", b"", 413),
        (b"3", b"Content-Length: 4\r\n", b"", 400),
        (b"5", CHUNKED, b"zz\r\n", 400),  # chunks count, the length is dropped
        (b"", CHUNKED, b"zz\r\nabc\r\n", 400),
        (b"", CHUNKED, b"ffffffffffffffffff\r\nabc\r\n", 400),
        (b"", CHUNKED + CHUNKED, b"0\r\n\r\n", 400),
        (b"", b"Transfer-Encoding: gzip\r\n", b"x", 400),
        (b"", b"Transfer-Encoding: chunked, identity\r\n", b"0\r\n\r\n", 400),
        (b"", b"Transfer-Encoding : chunked\r\n", b"0\r\n\r\n", 400),
        (b"", b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n", 400),
    ],
    ids=str,
)
def test_a_length_that_is_none(
    platform: LivePlatform, length: bytes, head: bytes, body: bytes, status: int
) -> None:
    heard = exchange(platform.url, call(body, head=JSON + head, length=length))
    assert heard.statuses == [status]
    assert heard.closed == (status == 400)


def test_no_request_is_smuggled_in_a_body(platform: LivePlatform) -> None:
    hidden = get(b"/api/llm/config")
    both = call(b"0\r\n\r\n" + hidden, head=JSON + CHUNKED)
    heard = exchange(platform.url, both, answers=2, patience_s=2)
    assert (heard.statuses, heard.closed) == ([422], True)
    short = call(valid(), length=b"2")
    heard = exchange(platform.url, short, answers=3, patience_s=2)
    assert (heard.statuses, heard.closed) == ([422, 400], True)


def test_requests_in_one_breath_are_answered_in_order(platform: LivePlatform) -> None:
    config = get(b"/api/llm/config")
    heard = exchange(platform.url, call(), call(b"{"), config, call(), answers=4)
    assert heard.statuses == [200, 422, 200, 200]
    assert len({answer.headers["x-request-id"] for answer in heard.answers}) == 4


@pytest.mark.parametrize("sent", [call(), call()[:60], call(b"", length=b"9")], ids=len)
def test_who_stops_sending_is_taken_for_gone(platform: LivePlatform, sent: bytes) -> None:
    heard = exchange(platform.url, sent, half_close=True, patience_s=3)
    assert heard.closed
    assert heard.statuses in ([], [400])
    assert heard.took_s < 2


HEADS = {
    "500 headers": (call(head=b"".join(b"X-%d: y\r\n" % n for n in range(500))), 400),
    "20 kilobytes of header": (call(head=b"X-Big: " + b"a" * 20_000 + b"\r\n"), 400),
    "control characters": (call(head=b"X-Odd: a\x01b\r\n"), 400),
    "NUL": (call(head=b"X-Odd: a\x00b\r\n"), 400),
    "a space in the name": (call(head=b"X Odd: b\r\n"), 400),
    "two hosts": (call(head=JSON + b"Host: other\r\n"), 400),
    "HTTP/0.9": (b"GET /healthz\r\n\r\n", 400),
    "TLS": (bytes.fromhex("16030100c8010000c40303") + b"a" * 200, 400),
    "every byte": (bytes(range(256)) * 4, 400),
    "lower case": (get(b"/healthz", b"get"), 400),
    "no such method": (get(wire.PATH, b"BREW"), 400),
    "CONNECT": (get(b"example.com:80", b"CONNECT"), 400),
    "another host's address": (get(b"http://other/api/llm/config"), 400),
    "a space in the path": (get(b"/api/llm config"), 400),
    "a raw byte in the path": (get(b"/\xff"), 400),
    "a fragment": (get(b"/api/llm/config#x"), 400),
    "no path": (get(b"*", b"OPTIONS"), 404),
    "backslashes": (get(b"\\api\\llm\\config"), 404),
}


@pytest.mark.parametrize(("sent", "status"), HEADS.values(), ids=HEADS)
def test_a_head_that_is_none(platform: LivePlatform, sent: bytes, status: int) -> None:
    assert exchange(platform.url, sent).statuses == [status]


LENIENT = {
    "bare line feeds": call().replace(b"\r\n", b"\n"),
    "a folded header": call(head=JSON + b"X-Odd: a\r\n b\r\n"),
    "14 kilobytes of header": call(head=JSON + b"X-Big: " + b"a" * 14_000 + b"\r\n"),
    "the same length twice": call(head=JSON + b"Content-Length: %d\r\n" % len(valid())),
    "bytes for an id": call(head=JSON + b"X-Request-Id: \xff\xfe\r\n"),
    "an id for a book": call(head=JSON + b"X-Request-Id: " + b"a" * 4_000 + b"\r\n"),
    "bytes for an idempotency key": call(head=JSON + b"Idempotency-Key: \xff\xfe\r\n"),
}


@pytest.mark.parametrize("sent", LENIENT.values(), ids=LENIENT)
def test_what_is_odd_and_harmless_is_served(platform: LivePlatform, sent: bytes) -> None:
    heard = exchange(platform.url, sent)
    assert heard.statuses == [200]
    assert len(heard.answers[0].headers["x-request-id"]) <= 128


PATHS = {
    b"//api/llm/config": 404,
    b"/api/llm/../llm/config": 404,
    b"/api/llm/%2e%2e/llm/config": 404,
    b"/api/llm/config/": 404,
    b"/API/LLM/CONFIG": 404,
    b"/api/llm/config;a=b": 404,
    b"/api/llm/config%00": 404,
    b"/review/%2e%2e%2froutes.py.js": 404,
    b"/review/../routes.py": 404,
    b"/api/llm/events/%00": 403,  # a game's key does not open a flight record
    b"/api/llm/events/%2e%2e": 403,
    b"/api/llm/events/%ff%fe": 403,
    b"/api/llm/events/a;b": 403,
    b"/api/llm/flags/%0d%0aSet-Cookie:x": 403,
    b"/api/llm/events/" + b"a" * 8_000: 403,
    b"/api/llm/config?" + b"a=b&" * 2_000: 200,
}


@pytest.mark.parametrize(("path", "status"), PATHS.items(), ids=lambda value: str(value)[:40])
def test_a_path(platform: LivePlatform, path: bytes, status: int) -> None:
    heard = exchange(platform.url, get(path))
    assert heard.statuses == [status]
    assert "set-cookie" not in heard.answers[0].headers
    if status != 200:
        assert heard.answers[0].problem["title"]


@pytest.mark.parametrize("method", [b"TRACE", b"OPTIONS", b"GET", b"DELETE", b"PATCH", b"PUT"])
def test_a_method_the_call_does_not_have(platform: LivePlatform, method: bytes) -> None:
    (answer,) = exchange(platform.url, get(wire.PATH, method)).answers
    assert (answer.status, answer.headers["allow"]) == (405, "POST")
    assert answer.problem["title"]


@pytest.mark.parametrize(
    "media", [b"text/plain", b"application/x-www-form-urlencoded", b"", b"a/b/c"]
)
def test_a_body_that_does_not_say_it_is_json(platform: LivePlatform, media: bytes) -> None:
    head = b"Content-Type: " + media + b"\r\n" if media else b""
    (answer,) = exchange(platform.url, call(head=head)).answers
    assert answer.problem["status"] == 415
