"""Nothing a client sends reaches the model: texts that try, and whatever JSON can say.

`make prove-injection` sends the same texts to the real engine (`proofs/test_injection.py`).
"""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from asked_for_real import BUDGET_S, Recorder, opened, send
from fakes import ScriptedEngine
from hostile_calls import EVENTS, UNKNOWN, admin_calls, event_calls, refused_calls
from hypothesis import given, settings
from hypothesis import strategies as st
from injections import corpus
from live_platform import request
from prompt_space import askable, asked
from pydantic.alias_generators import to_camel
from samples import POLICY, states
from served import Api

from serve.api.contract import EventRequest
from serve.domain.brief import Situation
from serve.domain.event import EventType
from serve.domain.state import GameState, Locale
from serve.errors import EngineTimeout
from serve.prompts import available, load

CORPUS = corpus()
SILENT = ScriptedEngine(EngineTimeout("what is asked is all that matters here"))


def test_the_corpus() -> None:
    kinds = Counter(injection.kind for injection in CORPUS)
    assert len(CORPUS) >= 80
    assert len({injection.canary for injection in CORPUS}) == len(CORPUS)
    assert kinds.keys() == {
        "ignore-instructions", "role-play", "prompt-extraction", "chat-tokens", "grammar-break-out",
        "tool-calls", "markup", "encoded", "hidden", "repetition", "protocols", "sampling",
        "templates", "own-words",
    }  # fmt: skip


@pytest.mark.parametrize("name", available())
async def test_no_text_reaches_a_prompt(name: str, tmp_path: Path) -> None:
    variant, engine = load(name), Recorder(SILENT)
    state = GameState.model_validate(request(infrastructure=["EC2", "RDS"])["gameState"])
    may_be_asked = {locale: askable(variant, state, locale, BUDGET_S) for locale in Locale}
    async with await opened(engine, variant, tmp_path) as api:
        for injection in CORPUS:
            for call in event_calls(injection):
                before = len(engine.asked)
                await send(api, call)
                assert len(engine.asked) > before
                for one in engine.asked[before:]:
                    assert asked(one) in may_be_asked[Locale(call.body["locale"])]
                    assert injection.canary not in asked(one)


async def test_no_text_is_taken_where_none_belongs(tmp_path: Path) -> None:
    variant, engine = load("compact"), Recorder(SILENT)
    async with await opened(engine, variant, tmp_path) as api:
        for injection in CORPUS:
            for call in (*refused_calls(injection), *admin_calls(injection)):
                await send(api, call)
        assert engine.asked == []


ANYTHING = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
FIELDS = {*GameState.model_fields, *EventRequest.model_fields, "event_type", "note"}
OURS = FIELDS | {to_camel(name) for name in FIELDS}
MORE = st.dictionaries(st.sampled_from(UNKNOWN) | st.text(), ANYTHING, max_size=4).map(
    lambda more: {name: value for name, value in more.items() if name not in OURS}
)
NAMES = st.lists(st.text(min_size=1, max_size=40), max_size=4)
IDENTIFIERS = st.from_regex(r"[A-Za-z0-9_.:@-]{1,64}", fullmatch=True)


@st.composite
def bodies(draw: st.DrawFn) -> dict[str, Any]:
    """Whatever a client may send that is valid."""
    state = draw(states())
    shown = state.model_dump(mode="json", by_alias=True)
    shown["infrastructure"] = draw(st.permutations([*state.infrastructure, *draw(NAMES)]))[:40]
    kinds = st.none() | st.sampled_from([*EventType])
    told = {"eventType": draw(kinds), "note": draw(st.text(max_size=500))}
    return draw(MORE) | {
        "playerId": draw(IDENTIFIERS),
        "gameId": draw(IDENTIFIERS),
        "locale": draw(st.sampled_from(Locale)),
        "deadlineMs": draw(st.integers(5_000, 30_000)),
        "gameState": draw(MORE) | shown,
        "eventContext": draw(st.just(told["note"]) | MORE.map(lambda more: more | told)),
    }


def coarse(body: dict[str, Any]) -> dict[str, Any]:
    """The plainest call of the same situation, canonical infrastructure and event type."""
    wanted = EventRequest.model_validate(body)
    state = wanted.game_state
    at = Situation.of(state, wanted.locale, POLICY)
    margin = {"tight": 0.25, "steady": 1, "rich": 3}[at.pressure] * POLICY.band(state).cash
    return request(
        currentTurn=at.stage.first_turn,
        difficulty=at.difficulty,
        cash=int(POLICY.line(state).bankruptcy + margin),
        users=0,
        trust={"low": 0, "middle": 35, "high": 100}[at.trust],
        infrastructure=sorted(state.canonical.infrastructure),
        locale=wanted.locale,
        eventContext={"eventType": wanted.event_context.wanted_type},
    )


def test_what_is_asked_depends_on_the_situation_alone(tmp_path: Path) -> None:
    """Of all that a valid call can say, and of nothing else but the seed."""
    engine = Recorder(SILENT)

    async def first_asked(api: Api, body: dict[str, Any]) -> str:
        answer = await api.post(EVENTS, json=body)
        assert answer.status_code == 200, answer.text
        return asked(engine.asked[-1])

    with asyncio.Runner() as runner:
        api = runner.run(opened(engine, load("instruct"), tmp_path, seed=7))

        @given(bodies())
        @settings(max_examples=60, deadline=None)
        def same(body: dict[str, Any]) -> None:
            before = len(engine.asked)
            assert runner.run(first_asked(api, body)) == runner.run(first_asked(api, coarse(body)))
            assert len(engine.asked) == before + 2

        same()
        runner.run(api.aclose())
