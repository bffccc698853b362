"""The judge's adapter against a real HTTP server, in the ways servers differ and fail."""

import logging
from collections.abc import Callable

import pytest
from fastapi import Response
from fastapi.responses import JSONResponse
from judge_server import JudgeServer, reader, running, stubborn
from review_samples import review_item
from samples import POLICY

from serve.adapters.openai_judge import OpenAIMarker
from serve.errors import EngineError, EngineTimeout, EngineUnavailable
from serve.local.preflight import free_port
from serve.quality.judge import Judge, Question
from serve.quality.judgement import DIMENSIONS, TOKENS

ITEM = review_item()
QUESTION = Question("system", "3: 없음", TOKENS, 7)


def marker(server: JudgeServer, timeout_s: float = 10) -> OpenAIMarker:
    return OpenAIMarker(server.url, "judge-model", "k-secret", timeout_s=timeout_s)


async def test_one_token_is_asked_for_with_its_probabilities() -> None:
    with running(JudgeServer(stubborn)) as server:
        assert await marker(server).mark(QUESTION) == pytest.approx({"4": 0.9, "5": 0.1})
    [body] = server.requests
    assert body["max_tokens"] == 1
    assert body["logprobs"] is True
    assert body["top_logprobs"] == 20
    assert body["seed"] == 7
    assert body["structured_outputs"] == {"choice": list(TOKENS)}
    assert body["messages"] == [
        {"role": "system", "content": "system"},
        {"role": "user", "content": "3: 없음"},
    ]
    assert server.keys == ["Bearer k-secret"]


async def test_a_whole_judgement_over_http() -> None:
    with running(JudgeServer(reader)) as server:
        judged = await Judge(marker(server), POLICY).judge(ITEM.event, ITEM.game_state, ITEM.locale)
    assert [getattr(judged, name) for name in DIMENSIONS] == [18.75] * 4
    assert judged.mass == pytest.approx(1)
    assert judged.stable
    assert len(server.requests) == 2 * 2 * len(DIMENSIONS)


async def test_spellings_with_a_space_count_and_other_tokens_do_not() -> None:
    def opinion(_: str) -> dict[str, float]:
        return {"4": 0.3, " 4": 0.3, "5": 0.2, "I": 0.2}

    with running(JudgeServer(opinion)) as server:
        assert await marker(server).mark(QUESTION) == pytest.approx({"4": 0.6, "5": 0.2})


async def test_a_drawn_token_outside_the_grades_still_has_probabilities() -> None:
    def opinion(_: str) -> dict[str, float]:
        return {"I": 0.6, "4": 0.3, "2": 0.1}

    with running(JudgeServer(opinion)) as server:
        assert await marker(server).mark(QUESTION) == pytest.approx({"4": 0.3, "2": 0.1})


@pytest.mark.parametrize(
    ("knows", "refusals", "weighed"),
    [
        pytest.param(("logprobs", "seed"), 1, True, id="without-vllms-fields"),
        pytest.param((), 2, False, id="plain-only"),
    ],
)
async def test_what_a_server_refuses_is_left_out_from_then_on(
    knows: tuple[str, ...], refusals: int, weighed: bool
) -> None:
    with running(JudgeServer(stubborn, knows=knows)) as server:
        asked = marker(server)
        answers = [await asked.mark(QUESTION) for _ in range(3)]
    assert [isinstance(answer, dict) for answer in answers] == [weighed] * 3
    assert len(server.requests) == refusals + 3


async def test_a_server_without_probabilities_gives_its_token() -> None:
    with running(JudgeServer(stubborn, tells=False)) as server:
        assert await marker(server).mark(QUESTION) == "4"
    assert len(server.requests) == 1


def garbage() -> Response:
    return Response("<html>전화 010-1234-5678</html>", media_type="text/html")


def half_json() -> Response:
    return Response('{"choices": [', media_type="application/json")


def no_choices() -> Response:
    return JSONResponse({"choices": []})


def reasoning() -> Response:
    return JSONResponse({"choices": [{"message": {"content": None, "reasoning_content": "음"}}]})


@pytest.mark.parametrize(
    ("fails", "error", "words"),
    [
        (lambda: Response(status_code=500), EngineUnavailable, "500"),
        (lambda: Response(status_code=429), EngineUnavailable, "429"),
        (lambda: Response(status_code=404), EngineError, "404"),
        (lambda: Response(status_code=400), EngineError, "400"),
        (garbage, EngineError, "no chat completion"),
        (half_json, EngineError, "no chat completion"),
        (no_choices, EngineError, "no chat completion"),
        (reasoning, EngineError, "without reasoning"),
    ],
)
async def test_failures_are_the_platforms_errors(
    fails: Callable[[], Response],
    error: type[EngineError],
    words: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    with running(JudgeServer(fails=fails)) as server, pytest.raises(error, match=words) as raised:
        await marker(server).mark(QUESTION)
    assert "010" not in str(raised.value)
    assert "k-secret" not in caplog.text + str(raised.value)


async def test_a_failure_does_not_make_the_marker_forget_what_the_server_can() -> None:
    with running(JudgeServer(stubborn, fails=lambda: Response(status_code=400))) as server:
        asked = marker(server)
        with pytest.raises(EngineError):
            await asked.mark(QUESTION)
        server._fails = None
        assert isinstance(await asked.mark(QUESTION), dict)


async def test_a_hung_server_is_a_timeout() -> None:
    with running(JudgeServer(hangs=True)) as server, pytest.raises(EngineTimeout):
        await marker(server, timeout_s=0.2).mark(QUESTION)


async def test_nobody_at_the_endpoint() -> None:
    with pytest.raises(EngineUnavailable):
        await OpenAIMarker(f"http://127.0.0.1:{free_port()}", "m").mark(QUESTION)
