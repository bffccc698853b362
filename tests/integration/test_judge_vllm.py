"""The judge's questions to a real vLLM server, with the bundled model standing in for one.

It shows that the wire works, grammar and probabilities included, and that a model which cannot
judge gives itself away. It says nothing about the quality of a judgement.
"""

import pytest
from review_samples import review_item
from samples import POLICY

from loadtest.vllm_server import CONFIG
from serve.adapters.openai_judge import _VLLM, OpenAIMarker
from serve.adapters.vllm_engine import model_name
from serve.errors import EngineError
from serve.quality.judge import Judge, Question
from serve.quality.judgement import DIMENSIONS, TOKENS

ITEM = review_item()
QUESTION = Question("system", "재미: 1, 2, 3, 4, 5 가운데 하나", TOKENS, 0)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture
def marker(vllm_server: str) -> OpenAIMarker:
    return OpenAIMarker(vllm_server, model_name(CONFIG), timeout_s=60)


async def test_probabilities_of_every_allowed_token(marker: OpenAIMarker) -> None:
    answer = await marker.mark(QUESTION)
    assert isinstance(answer, dict)
    assert set(answer) == set(TOKENS)
    assert 0 < sum(answer.values()) < 1, "vLLM tells probabilities from before the grammar"
    assert marker._form == _VLLM


async def test_the_seed_changes_the_draw_and_not_the_probabilities(marker: OpenAIMarker) -> None:
    answers = [await marker.mark(QUESTION._replace(seed=seed)) for seed in range(3)]
    for answer in answers[1:]:
        assert answer == pytest.approx(answers[0], abs=0.02)


async def test_other_choices_constrain_to_others(marker: OpenAIMarker) -> None:
    answer = await marker.mark(QUESTION._replace(allowed=("0", "9")))
    assert isinstance(answer, dict)
    assert set(answer) == {"0", "9"}


async def test_a_model_that_cannot_judge_gives_itself_away(marker: OpenAIMarker) -> None:
    judged = await Judge(marker, POLICY, repeats=1).judge(ITEM.event, ITEM.game_state, ITEM.locale)
    assert judged.mass is not None
    assert judged.mass < 0.1, "it would rather go on writing than answer"
    assert judged.model == "eventsmith-small"
    assert 35 < judged.total < 65
    for name in DIMENSIONS:
        assert 0 < getattr(judged, name) < 25


async def test_an_unknown_model_is_refused(vllm_server: str) -> None:
    with pytest.raises(EngineError, match="404"):
        await OpenAIMarker(vllm_server, "nobody").mark(QUESTION)
