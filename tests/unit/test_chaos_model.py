"""The model server that misbehaves, as the platform's own adapter sees it: real HTTP, real streams."""

from collections.abc import AsyncGenerator, Iterator

import pytest
import pytest_asyncio
from samples import POLICY

from loadtest.chaos.model_server import MODEL, Mode, ModelServer, serving
from serve.adapters.openai_engine import OpenAIEngine
from serve.domain.event import EventType
from serve.domain.schema import draft_schema
from serve.domain.state import GameState, Locale
from serve.errors import EngineTimeout
from serve.generation import Completion, CompletionRequest, check_completion
from serve.prompts import Prompt

STATE = GameState(current_turn=5, cash=30_000_000, users=800, trust=50, infrastructure=("EC2",))


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[ModelServer, str]]:
    model = ModelServer()
    with serving(model) as url:
        yield model, url


@pytest_asyncio.fixture
async def engine(server: tuple[ModelServer, str]) -> AsyncGenerator[OpenAIEngine]:
    server[0].mode = Mode.WELL
    made = OpenAIEngine(server[1], MODEL)
    yield made
    await made.close()


async def complete(engine: OpenAIEngine, timeout_s: float = 10) -> Completion:
    request = CompletionRequest(
        prompt=Prompt(None, "ko|TEAM_EVENT|early|steady|middle|-+-#0\n"),
        grammar=draft_schema(Locale.KO),
        temperature=1.0,
        top_p=1.0,
        max_tokens=400,
        seed=0,
        timeout_s=timeout_s,
    )
    return await engine.complete(request)


async def test_it_writes_drafts_that_keep_every_rule(engine: OpenAIEngine) -> None:
    await engine.check_health()
    written = [await complete(engine) for _ in range(8)]
    kept = [
        check_completion(one.text, EventType.TEAM_EVENT, STATE, POLICY, Locale.KO)
        for one in written
        if one.finish_reason == "stop"
    ]
    assert len(kept) == 8
    assert sum(not one.violations for one in kept) >= 7


@pytest.mark.parametrize("mode", [Mode.GARBAGE, Mode.EMPTY])
async def test_what_is_no_draft_says_it_is_whole(
    server: tuple[ModelServer, str], engine: OpenAIEngine, mode: Mode
) -> None:
    server[0].mode = mode
    told = await complete(engine)
    assert told.finish_reason == "stop"
    checked = check_completion(told.text, EventType.TEAM_EVENT, STATE, POLICY, Locale.KO)
    assert checked.draft is None


@pytest.mark.parametrize("mode", [Mode.SLOW, Mode.ENDLESS])
async def test_what_does_not_end_is_given_up(
    server: tuple[ModelServer, str], engine: OpenAIEngine, mode: Mode
) -> None:
    server[0].mode = mode
    with pytest.raises(EngineTimeout):
        await complete(engine, timeout_s=1)
    server[0].mode = Mode.WELL
    assert (await complete(engine)).finish_reason == "stop"
