"""Every text of the corpus to the real engine, in every place a client has: none of it comes back.

Each event call gets a completion of its own, written for it. Run it by `make prove-injection`; it ends
with `strings=… fields=… completions=… leaked=0 reached_prompt=0`.
"""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from asked_for_real import BUDGET_S, Recorder, opened, send
from hostile_calls import HostileCall, admin_calls, event_calls, refused_calls
from injections import Injection, corpus
from live_platform import request
from prompt_space import askable, asked

from serve.adapters.vllm_engine import VllmEngine
from serve.domain.state import GameState, Locale
from serve.prompts import load
from serve.settings import EngineConfig

pytestmark = [pytest.mark.proof, pytest.mark.asyncio(loop_scope="module")]
_AT_ONCE = 8


class Outcome(NamedTuple):
    """Of one event call."""

    injection: Injection
    call: HostileCall
    heard: Recorder
    answer: dict[str, Any]

    @property
    def leaked(self) -> bool:
        """Whether anything of the text, or of what the model was asked, is in what came of it."""
        texts = [*self.heard.written, json.dumps(self.answer, ensure_ascii=False)]
        prompts = [one.prompt.user.strip() for one in self.heard.asked]
        return any(
            self.injection.canary.lower() in text.lower() or any(p in text for p in prompts)
            for text in texts
        )


@pytest.fixture(scope="module")
def engine() -> Iterator[VllmEngine]:
    opened = VllmEngine(EngineConfig())
    yield opened
    opened.close()


async def outcomes(engine: VllmEngine, injection: Injection, folder: Path) -> list[Outcome]:
    """What comes of its event calls, after every other call with the same text."""
    heard, found = Recorder(engine), list[Outcome]()
    async with await opened(heard, load("compact"), folder) as api:
        for call in (*refused_calls(injection), *admin_calls(injection)):
            await send(api, call)
        assert heard.asked == []
        for call in event_calls(injection):
            heard.asked.clear()
            heard.written.clear()
            answer = (await send(api, call)).json()
            told = Recorder(engine)
            told.asked, told.written = list(heard.asked), list(heard.written)
            found.append(Outcome(injection, call, told, answer))
    return found


async def test_no_text_comes_back_from_the_engine(
    engine: VllmEngine, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    state = GameState.model_validate(request(infrastructure=["EC2", "RDS"])["gameState"])
    may_be_asked = {locale: askable(load("compact"), state, locale, BUDGET_S) for locale in Locale}
    texts, room = corpus(), asyncio.Semaphore(_AT_ONCE)

    async def one(number: int, injection: Injection) -> list[Outcome]:
        async with room:
            return await outcomes(engine, injection, tmp_path_factory.mktemp(f"n{number}"))

    found = [
        outcome
        for each in await asyncio.gather(*(one(n, text) for n, text in enumerate(texts)))
        for outcome in each
    ]
    reached = [
        outcome
        for outcome in found
        for one in outcome.heard.asked
        if asked(one) not in may_be_asked[Locale(outcome.call.body["locale"])]
    ]
    leaked = [outcome for outcome in found if outcome.leaked]
    calls = [*event_calls(texts[0]), *refused_calls(texts[0]), *admin_calls(texts[0])]
    completions = sum(len(outcome.heard.written) for outcome in found)
    with capsys.disabled():
        print(
            f"\nstrings={len(texts)} fields={len({call.field for call in calls})} "
            f"completions={completions} "
            f"served_as_written={sum(one.answer['source'] == 'llm' for one in found)} "
            f"leaked={len(leaked)} reached_prompt={len(reached)}"
        )
    assert all(outcome.heard.written for outcome in found)
    assert len(found) == 2 * len(texts)
    assert (leaked, reached) == ([], [])
