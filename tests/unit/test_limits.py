"""How long, how large and how awkward a body may be."""

import asyncio
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import pytest
from contract_reading import is_valid
from live_platform import request
from pydantic import ValidationError
from starlette.types import Message, Receive

from serve.api.contract import EventRequest
from serve.api.limits import LARGEST_BODY, limited
from serve.api.problems import Problem, not_valid

_END: Message = {"type": "http.disconnect"}


def coming(*parts: tuple[float, bytes], then_s: float = 0) -> Receive:
    """A body whose parts come after so many seconds each; the caller hangs up `then_s` after it."""
    left = list(parts)

    async def receive() -> Message:
        if not left:
            await asyncio.sleep(then_s)
            return _END
        seconds, data = left.pop(0)
        await asyncio.sleep(seconds)
        return {"type": "http.request", "body": data, "more_body": bool(left)}

    return receive


async def read(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return body


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ([(0.0, b"x" * LARGEST_BODY)], None),
        ([(0.0, b"x" * (LARGEST_BODY + 1))], 413),
        ([(0.0, b"x" * 40_000)] * 2, 413),
        ([(0.02, b"x")] * 3, None),
        ([(0.02, b"x")] * 20, 408),  # each part in time, all of them not
        ([(5.0, b"x")], 408),
    ],
    ids=["largest", "larger", "larger in parts", "in time", "dribbled", "late"],
)
async def test_a_body_is_bounded(parts: list[tuple[float, bytes]], status: int | None) -> None:
    body = read(limited(coming(*parts), slowest_s=0.2))
    if status is None:
        assert await body == b"".join(data for _, data in parts)
        return
    with pytest.raises(Problem) as refused:
        await body
    assert refused.value.status == status


async def test_waiting_for_the_caller_to_hang_up_is_not_bounded() -> None:
    receive = limited(coming((0.0, b"x"), then_s=0.3), slowest_s=0.1)
    await read(receive)
    assert await receive() == _END


def _filled(part: str, *, before: str = '"x":[', after: str = "]", comma: str = ",") -> bytes:
    """A valid request of the largest size, a field nobody reads being full of these."""
    head = EventRequest.model_validate(request()).model_dump_json(by_alias=True)[:-1]
    room = LARGEST_BODY - len(head) - len(before) - len(after) - 2
    many = comma.join([part] * (room // (len(part) + len(comma))))
    return f"{head},{before}{many}{after}}}".encode()


AWKWARD: dict[str, bytes] = {
    "empty lists": _filled("[]"),
    "lists 190 deep": _filled("[" * 190 + "]" * 190),
    "empty objects": _filled("{}"),
    "one key over and over": _filled('"a":1', before='"x":{', after="}"),
    "a field over and over": _filled('"locale":"ko"', before="", after=""),
    "many keys": b'{"playerId":"p",' + b",".join(b'"%x":1' % n for n in range(7_000)) + b"}",
    "numbers": _filled("1"),
    "fractions": _filled("1e-300"),
    "4,000 digits": _filled("9" * 4_000),
    "escapes": _filled("\\u0041", before='"x":"', after='"', comma=""),
    "a long name": _filled("\\ud83d\\ude00", before='"playerId":"', after='"', comma=""),
    "wrong names": _filled("1", before='"gameState":{"infrastructure":[', after="]}"),
    "too many names": _filled('"a"', before='"gameState":{"infrastructure":[', after="]}"),
}


@pytest.mark.parametrize("body", AWKWARD.values(), ids=AWKWARD)
def test_no_body_holds_up_the_loop(body: bytes) -> None:
    """The loop reads one body at a time. A plain one of the largest size takes a quarter of a millisecond
    on two cores; two hundred times that are 50 ms, and the worst may take a quarter of those."""
    plain = _filled('"a"')
    assert max(len(body), len(plain)) <= LARGEST_BODY
    assert is_valid(plain)
    assert _seconds(body) < 50 * _seconds(plain)


def _seconds(body: bytes) -> float:
    return median(_timed(lambda: _answered(body)) for _ in range(5))


def _timed(work: Callable[[], Any]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _answered(body: bytes) -> None:
    """What reading and refusing it costs."""
    try:
        EventRequest.model_validate_json(body, by_alias=True, by_name=False)
    except ValidationError as error:
        not_valid(error).response()
