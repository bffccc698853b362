"""One contract for engines: vLLM in process, and a vLLM server behind the OpenAI adapter."""

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from samples import POLICY
from suites import suite

from evaluation.suite.result import Outcome
from evaluation.suite.target import TargetDown
from evaluation.targets.opening import opened
from serve.adapters.openai_engine import OpenAIEngine
from serve.adapters.vllm_engine import VllmEngine, model_name
from serve.domain.event import EventDraft
from serve.domain.schema import draft_schema
from serve.domain.state import Locale
from serve.errors import ConfigurationError, EngineTimeout, EngineUnavailable
from serve.generation import CompletionRequest, Engine
from serve.local.preflight import free_port
from serve.prompts import Prompt
from serve.settings import EngineConfig

CONFIG = EngineConfig()
HEADER = "ko|INFRASTRUCTURE_CRISIS|early|steady|middle|EC2+-#0\n"
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def in_process() -> Iterator[VllmEngine]:
    engine = VllmEngine(CONFIG)
    yield engine
    engine.close()


@pytest.fixture(params=["vllm", "openai"])
def engine(request: pytest.FixtureRequest) -> Engine:
    if request.param == "vllm":
        return request.getfixturevalue("in_process")
    return OpenAIEngine(request.getfixturevalue("vllm_server"), model_name(CONFIG))


def wanted(**changes: object) -> CompletionRequest:
    fields: dict[str, object] = {
        "prompt": Prompt(None, HEADER),
        "grammar": draft_schema(Locale.KO),
        "temperature": 0.8,
        "top_p": 0.95,
        "max_tokens": 400,
        "seed": 3,
        "timeout_s": 30.0,
    }
    return CompletionRequest.model_validate(fields | changes)


async def test_writes_a_draft_of_the_schema(engine: Engine) -> None:
    completion = await engine.complete(wanted())
    assert completion.finish_reason == "stop"
    EventDraft.model_validate(json.loads(completion.text))
    assert ", " not in completion.text.partition('"title"')[0]
    assert 0 < completion.first_token_s < completion.duration_s
    assert completion.output_tokens > 20


async def test_infrastructure_is_pinned(engine: Engine) -> None:
    """Whatever the header asks for, no choice brings in what the grammar does not offer."""
    header = HEADER.rsplit("+", 1)[0]
    for seed in range(4):
        order = wanted(
            prompt=Prompt(None, f"{header}+RDS#0\n"),
            grammar=draft_schema(Locale.KO, offers="S3"),
            seed=seed,
        )
        draft = EventDraft.model_validate_json((await engine.complete(order)).text)
        assert draft.offers <= {"S3"}


async def test_the_same_seed_writes_the_same(engine: Engine) -> None:
    first, second = await engine.complete(wanted()), await engine.complete(wanted())
    assert first.text == second.text
    other = await engine.complete(wanted(seed=4))
    assert other.text != first.text


async def test_cut_off_is_told(engine: Engine) -> None:
    assert (await engine.complete(wanted(max_tokens=5))).finish_reason == "length"


async def test_a_deadline_ends_it(engine: Engine) -> None:
    started = time.monotonic()
    with pytest.raises(EngineTimeout):
        await engine.complete(wanted(timeout_s=0.05))
    assert time.monotonic() - started < 0.5


async def test_many_at_once(engine: Engine) -> None:
    completions = await asyncio.gather(*(engine.complete(wanted(seed=n)) for n in range(6)))
    assert {completion.finish_reason for completion in completions} == {"stop"}


async def test_nobody_at_the_endpoint() -> None:
    engine = OpenAIEngine(f"http://127.0.0.1:{free_port()}", "none")
    with pytest.raises(EngineUnavailable):
        await engine.complete(wanted())
    with pytest.raises(EngineUnavailable):
        await engine.check_health()


async def test_an_evaluation_asks_a_server_as_the_platform_would(
    vllm_server: str, tmp_path: Path
) -> None:
    endpoint = {"target": "endpoint", "url": f"{vllm_server}/v1", "model": model_name(CONFIG)}
    ours = suite(tmp_path, models={"server": endpoint}, scenarios=2, repeats=1)
    async with opened(ours, POLICY) as targets:
        assert await targets["server"].check() == {}
        results = [await targets["server"].attempt(trial) for trial in ours.trials(POLICY)]
    assert len(results) == 4
    assert all(one.draft and one.output_tokens > 20 for one in results)
    assert all(0 < (one.first_token_s or 0) < one.duration_s for one in results)


async def test_an_evaluation_is_told_that_its_server_is_away(tmp_path: Path) -> None:
    endpoint = {"target": "endpoint", "url": f"http://127.0.0.1:{free_port()}", "model": "m"}
    ours = suite(tmp_path, models={"server": endpoint})
    async with opened(ours, POLICY) as targets:
        with pytest.raises(TargetDown, match="does not answer; start it"):
            await targets["server"].check()
        result = await targets["server"].attempt(next(ours.trials(POLICY)))
    assert result.outcome is Outcome.FAILED
    assert result.error == "the model server does not answer"


async def test_an_argument_that_vllm_does_not_have_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"engine\.vllm\.speed: vLLM has no such argument"):
        VllmEngine(EngineConfig(vllm={"speed": 11}))
