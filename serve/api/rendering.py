"""An event on the wire, by a template: serialised once per draft, with gaps for a player's figures.

The contract's own model serialises it, with marks where the gaps are; so there is one description of
an answer, and a hit costs one formatting of bytes instead of a model and its serialisation.
"""

import re
from weakref import WeakKeyDictionary

import orjson

from serve.api.contract import EventResponse, quality_on_wire
from serve.domain.event import Figures, GameEvent
from serve.domain.ready import Ready
from serve.serving import Served

_MARK = 7_340_000_000_000_000
"""Marks are this number and those after it: larger than any figure, too long for any text."""
_MARKED = re.compile(rb'"?(73400000000000\d\d)(?:\.0)?"?')

_templates: WeakKeyDictionary[Ready, dict[str, bytes]] = WeakKeyDictionary()


def render(served: Served, request_id: str, took_s: float) -> bytes:
    """The body of the answer, `EventResponse` in JSON."""
    age_s, latency_ms = round(served.age_s, 1), round(took_s * 1000, 2)
    by_source = _templates.setdefault(served.ready, {})
    template = by_source.get(served.source)
    if template is None:
        template = by_source[served.source] = _template(served)
    if not template:
        return _answer(served, served.event, request_id, age_s, latency_ms)
    return template % (
        orjson.dumps(request_id),
        orjson.dumps(served.event_id),
        *(amount for cash, users, trust in served.figures for amount in (users, cash, trust)),
        orjson.dumps(age_s),
        orjson.dumps(latency_ms),
    )


def _template(served: Served) -> bytes:
    """What is the same in every answer with this draft from this source.

    Empty where a text has a mark of its own in it: then every answer is serialised by itself.
    """
    marks = iter(range(_MARK, _MARK + 100))
    request_id, event_id = str(next(marks)), str(next(marks))
    figures = list[Figures]()
    for _ in served.figures:
        users, cash, trust = next(marks), next(marks), next(marks)  # in the order of the contract
        figures.append(Figures(cash, users, trust))
    event = served.ready.event(figures, event_id)
    text = _answer(served, event, request_id, next(marks), next(marks)).replace(b"%", b"%%")
    if [int(mark) for mark in _MARKED.findall(text)] != list(range(_MARK, next(marks))):
        return b""
    gaps = iter([b"%b", b"%b", *[b"%d"] * (3 * len(figures)), b"%b", b"%b"])
    return _MARKED.sub(lambda _: next(gaps), text)


def _answer(
    served: Served, event: GameEvent, request_id: str, age_s: float, latency_ms: float
) -> bytes:
    answer = EventResponse(
        request_id=request_id,
        source=served.source,
        event=event,
        quality=quality_on_wire(served.quality),
        prompt_version=served.prompt_version,
        model=served.model,
        age_seconds=age_s,
        latency_ms=latency_ms,
    )
    return answer.model_dump_json(by_alias=True).encode()
