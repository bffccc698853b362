"""Our scorers in `mlflow.genai.evaluate`, on a real store on SQLite."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from typing import Any

import mlflow
import pytest
from mlflow import MlflowClient
from mlflow.entities import Feedback
from mlflow.genai import evaluate
from mlflow.genai.datasets import get_dataset
from samples import POLICY
from synthetic_reviews import line
from tracked import ARMS, suite_log, trials

from evaluation.reviews import read_reviews
from evaluation.suite.result import Result
from evaluation.tracking import EXPERIMENT, log_reviews
from evaluation.tracking.genai import SCORERS, judge_scorer, rubric_scorers
from evaluation.tracking.runs import log_suite
from evaluation.tracking.suite_log import SUITES
from serve.errors import EngineError
from serve.quality.judge import Judge, Question

LOG = suite_log(count=6)
RESULTS = [one for one in trials("sound", 12, failed=0) if one.event and not one.violations][:5]


class Marker:
    """Prefers one grade, or does not answer."""

    model = "grader"

    def __init__(self, answer: str | None) -> None:
        self._answer = answer

    async def mark(self, question: Question) -> Mapping[str, float] | str:
        await asyncio.sleep(0)
        if self._answer is None:
            raise EngineError("the judge did not answer")
        return self._answer


@pytest.fixture(scope="module")
def uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A store with a logged suite, which is MLflow's own for this module."""
    before = mlflow.get_tracking_uri()
    place = f"sqlite:///{tmp_path_factory.mktemp('genai') / 'mlflow.db'}"
    log_suite(LOG, place)
    mlflow.set_tracking_uri(place)
    yield place
    mlflow.set_tracking_uri(before)


def inputs(result: Result) -> dict[str, Any]:
    document = result.model_dump(mode="json", by_alias=True)
    return {"gameState": document["gameState"], "locale": document["locale"]}


def outputs(result: Result) -> Any:
    return result.model_dump(mode="json", by_alias=True)["event"]


def answers(scorers: Any, asked: Any, written: Any) -> dict[str, Feedback]:
    found: dict[str, Feedback] = {}
    for scorer in scorers:
        answer = scorer(inputs=asked, outputs=written)
        found |= {one.name: one for one in (answer if isinstance(answer, list) else [answer])}
    return found


def on(traces: Any, name: str) -> list[Any]:
    """Values of one feedback on every trace, the last one where there are several."""
    return [
        [one.feedback.value for one in trace.info.assessments if one.name == name][-1]
        for trace in traces
    ]


def evaluated(**arguments: Any) -> Any:
    experiment = mlflow.set_experiment(SUITES).experiment_id
    result: Any = evaluate(scorers=rubric_scorers(POLICY), **arguments)
    client: Any = MlflowClient()
    traces = client.search_traces(locations=[experiment], run_id=result.run_id)
    return result.metrics, list(traces)


def test_every_scorer_says_what_the_rubric_says_and_why() -> None:
    result = RESULTS[0]
    assert result.quality is not None
    found = answers(rubric_scorers(POLICY), inputs(result), outputs(result))
    assert tuple(found) == SCORERS
    for name in ("consistency", "balance", "fun", "education", "total"):
        assert found[name].value == getattr(result.quality, name)
    assert found["verdict"].value == result.quality.verdict
    assert found["rules"].value is True


def test_points_are_explained_in_both_languages_and_a_broken_rule_discards() -> None:
    event = outputs(RESULTS[0])
    event["choices"][0]["effects"]["cashDelta"] = -(10**12)
    found = answers(rubric_scorers(POLICY), inputs(RESULTS[0]), event)
    assert found["rules"].value is False
    assert "balance.band" in (found["rules"].rationale or "")
    assert found["verdict"].value == "discard"
    why = found["balance"].rationale or ""
    assert "규칙 balance.band" in why
    assert "balance.band:" in why


@pytest.mark.parametrize(
    ("asked", "written", "told"),
    [
        (inputs(RESULTS[0]), "no JSON", "outputs is no JSON object"),
        (inputs(RESULTS[0]), None, "outputs is no JSON object"),
        (inputs(RESULTS[0]), {"title": "x"}, "GameEvent.eventType"),
        (inputs(RESULTS[0]), object(), "outputs"),
        ({"locale": "ko"}, outputs(RESULTS[0]), "GameState"),
        (inputs(RESULTS[0]) | {"locale": "xx"}, outputs(RESULTS[0]), "locale"),
        (None, outputs(RESULTS[0]), "inputs"),
    ],
    ids=["text", "nothing", "no event", "object", "no state", "locale", "no inputs"],
)
def test_what_is_no_event_is_a_feedback_with_an_error(asked: Any, written: Any, told: str) -> None:
    judge = judge_scorer(Judge(Marker("3"), POLICY, repeats=1))
    for found in answers([*rubric_scorers(POLICY), judge], asked, written).values():
        assert found.value is None
        assert found.error is not None
        assert told.lower() in str(found.error.error_message).lower()
        assert found.error.error_code == "NO_EVENT"


def test_rows_are_scored_and_one_bad_row_does_not_end_it(uri: str) -> None:
    rows = [{"inputs": inputs(one), "outputs": outputs(one)} for one in RESULTS]
    rows.append({"inputs": inputs(RESULTS[0]), "outputs": {"title": "no event"}})
    metrics, traces = evaluated(data=rows)
    expected = [one.quality.total for one in RESULTS if one.quality]
    assert metrics["total/mean"] == pytest.approx(sum(expected) / len(expected))
    assert metrics["rules/mean"] == 1
    assert sorted(on(traces, "total"), key=str) == sorted([*expected, None], key=str)


def test_traces_of_a_suite_and_of_reviews_are_scored(uri: str) -> None:
    client: Any = MlflowClient()
    experiment = client.get_experiment_by_name(SUITES).experiment_id
    run = log_suite(LOG, uri)[ARMS[0]]
    logged = client.search_traces(locations=[experiment], run_id=run)
    log_reviews(read_reviews(json.dumps(line()).encode(), "reviews.jsonl"), uri)
    reviews = client.get_experiment_by_name(EXPERIMENT).experiment_id
    logged += client.search_traces(locations=[reviews])
    metrics, _ = evaluated(data=list(logged))
    assert 0 < metrics["total/mean"] <= 100
    again = {one.info.trace_id: one for one in client.search_traces(locations=[experiment])}
    for trace in logged[:4]:
        by_rubric = [
            one.feedback.value
            for one in again[trace.info.trace_id].info.assessments
            if one.name == "total" and one.feedback.error is None
        ]
        assert len(set(by_rubric)) <= 1  # the scorer agrees with what the suite logged


def test_a_registered_dataset_is_asked_of_a_function(uri: str) -> None:
    mlflow.set_experiment(SUITES)
    by_turn = {one.game_state.current_turn: one for one in RESULTS}

    def predict(gameState: dict[str, Any], **others: Any) -> Any:  # noqa: N803  the wire's name
        assert set(others) == {"scenario", "locale", "eventType"}
        return outputs(by_turn.get(gameState["currentTurn"], RESULTS[0]))

    metrics, traces = evaluated(data=get_dataset(name="core@0123456789ab"), predict_fn=predict)
    assert len(traces) == 6
    assert metrics["rules/mean"] > 0


def test_the_judge_scores_from_any_thread_and_loop() -> None:
    scorer = judge_scorer(Judge(Marker("3"), POLICY, repeats=1))
    asked, written = inputs(RESULTS[0]), outputs(RESULTS[0])

    async def within_a_loop() -> dict[str, Feedback]:
        return answers([scorer], asked, written)

    for found in (answers([scorer], asked, written), asyncio.run(within_a_loop())):
        assert {name: one.value for name, one in found.items()} == {
            "judge_consistency": 12.5,
            "judge_balance": 12.5,
            "judge_fun": 12.5,
            "judge_education": 12.5,
            "judge_total": 50.0,
        }
        source = found["judge_total"].source
        assert (source.source_type, source.source_id) == ("LLM_JUDGE", "grader")


def test_a_judge_that_does_not_answer_is_an_error_not_an_end() -> None:
    scorer = judge_scorer(Judge(Marker(None), POLICY, repeats=1))
    (found,) = answers([scorer], inputs(RESULTS[0]), outputs(RESULTS[0])).values()
    assert found.error is not None
    assert found.error.error_code == "JUDGE_ERROR"
    assert found.error.error_message == "the judge did not answer"
