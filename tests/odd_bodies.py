"""Bodies of the event call: anything at all, any JSON, and valid requests with something odd in them."""

import json
from typing import Any

from hypothesis import strategies as st

from serve.domain.event import EventType
from serve.domain.state import Difficulty, Locale

_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-(10**30), 10**30),
    st.floats(),  # NaN and infinities too: Python writes them, and JSON has none
    st.text(max_size=20),
    st.sampled_from(["", "EC2", "ko", "HARD", "8", "\x00", "\ud800", "𝕖", "a\u202eb"]),
)
ANY_JSON = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
_IDS = st.text("abcXYZ019_.:@-", min_size=1, max_size=64)
_STATES = st.fixed_dictionaries(
    {
        "currentTurn": st.integers(1, 30),
        "cash": st.integers(-(10**13), 10**13),
        "users": st.integers(0, 10**10),
        "trust": st.integers(0, 100),
    },
    optional={
        "difficulty": st.sampled_from([*Difficulty]),
        "infrastructure": st.lists(st.text(min_size=1, max_size=40), max_size=6),
    },
)
_CONTEXTS = st.text(max_size=40) | st.fixed_dictionaries(
    {}, optional={"eventType": st.sampled_from([*EventType, None]), "note": st.text(max_size=40)}
)
REQUESTS = st.fixed_dictionaries(
    {"playerId": _IDS, "gameState": _STATES},
    optional={
        "gameId": _IDS | st.none(),
        "eventContext": _CONTEXTS,
        "locale": st.sampled_from([*Locale]),
        "deadlineMs": st.integers(100, 30_000) | st.none(),
        "anything": ANY_JSON,
    },
)
_FIELDS = (
    ("playerId",), ("gameId",), ("gameState",), ("eventContext",), ("locale",), ("deadlineMs",),
    ("gameState", "currentTurn"), ("gameState", "difficulty"), ("gameState", "cash"),
    ("gameState", "users"), ("gameState", "trust"), ("gameState", "infrastructure"),
    ("eventContext", "eventType"), ("eventContext", "note"),
)  # fmt: skip


@st.composite
def spoilt(draw: st.DrawFn) -> dict[str, Any]:
    """A valid request, a field of which is something else, or gone."""
    request = draw(REQUESTS)
    *above, name = draw(st.sampled_from(_FIELDS))
    part: Any = request
    for step in above:
        part = part.setdefault(step, {})
    if isinstance(part, dict):
        if draw(st.booleans()):
            part[name] = draw(ANY_JSON)
        else:
            part.pop(name, None)
    return request


@st.composite
def _edited(draw: st.DrawFn) -> bytes:
    """A valid request with a few bytes of it replaced."""
    body = json.dumps(draw(REQUESTS)).encode("utf-8", "surrogatepass")
    start = draw(st.integers(0, len(body)))
    end = draw(st.integers(start, min(len(body), start + 8)))
    return body[:start] + draw(st.binary(max_size=4)) + body[end:]


def _written(value: Any) -> bytes:
    return json.dumps(value).encode()


BODIES = st.one_of(
    st.binary(max_size=200),
    ANY_JSON.map(_written),
    REQUESTS.map(_written),
    spoilt().map(_written),
    _edited(),
)
