"""What a value may become when it is corrupted: bytes that are no text, half a document, another draft."""

import json
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

NO_TEXT = b"\xff\xfe\x80\xc3("
_NONSENSE = (NO_TEXT, b"", b"null", b"[]", b'{"enabled": 7}', b"9e999", b"\x00" * 64, b"{" * 200)
_LOW = {"consistency": 5.0, "balance": 5.0, "fun": 5.0, "education": 5.0}
"""A quality of 20: far under what may be served."""

Draft = dict[str, Any]
Spoil = Callable[[Draft], Mapping[str, Any]]


def _of_little_quality(_: Draft) -> Mapping[str, Any]:
    return {"quality": _LOW}


def _of_another_locale(draft: Draft) -> Mapping[str, Any]:
    return {"locale": "en" if draft["locale"] == "ko" else "ko"}


def _of_another_key(draft: Draft) -> Mapping[str, Any]:
    return {"key": f"{draft['key']}:another"}


def _of_another_id(_: Draft) -> Mapping[str, Any]:
    return {"draft_id": "0" * 16}


def _out_of_bounds(draft: Draft) -> Mapping[str, Any]:
    first, *rest = draft["draft"]["choices"]
    return {"draft": draft["draft"] | {"choices": [first | {"cash": 99}, *rest]}}


LIES: tuple[Spoil, ...] = (
    _of_little_quality,
    _of_another_locale,
    _of_another_key,
    _of_another_id,
    _out_of_bounds,
)
"""Drafts that can be read and must not be served."""


def garbage(value: bytes, rng: Random) -> bytes:
    """Something else in its place: a lie where it was a draft, half of it, or nonsense."""
    ways: list[Callable[[], bytes]] = [lambda: rng.choice(_NONSENSE), lambda: _half(value)]
    if (draft := _draft(value)) is not None:
        lies = [lambda: _lie(draft, rng.choice(LIES))] * 3
        ways += lies
    return rng.choice(ways)()


def spoiled(client: Any, name: bytes, rng: Random) -> None:
    """Overwrites a key in Redis: every value in it, or in one of four cases its very type."""
    kind = client.type(name)
    if rng.random() < 0.25:
        client.delete(name)
        if kind == b"string":
            client.rpush(name, NO_TEXT)
        else:
            client.set(name, NO_TEXT)
    elif kind == b"hash":
        for field, value in client.hgetall(name).items():
            client.hset(name, field, garbage(value, rng))
    elif kind == b"list":
        for place, value in enumerate(client.lrange(name, 0, -1)):
            client.lset(name, place, garbage(value, rng))
    elif kind == b"set":
        client.sadd(name, NO_TEXT, *_NONSENSE)
    else:
        client.set(name, garbage(client.get(name) or b"", rng))


def _half(value: bytes) -> bytes:
    """Cut off in the middle of a character, where it is Korean."""
    return value[: len(value) // 2]


def _draft(value: bytes) -> Draft | None:
    try:
        told = json.loads(value)
    except ValueError:
        return None
    return told if isinstance(told, dict) and "draft_id" in told else None


def _lie(draft: Draft, spoil: Spoil) -> bytes:
    return json.dumps({**draft, **spoil(draft)}, ensure_ascii=False).encode()
