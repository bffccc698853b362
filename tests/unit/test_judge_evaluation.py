"""`eventsmith-eval judge`, and the judge beside the scorer, over HTTP."""

import json
from collections.abc import Generator
from pathlib import Path

import pytest
from fastapi import Response
from judge_server import JudgeServer, reader, running, stubborn
from samples import POLICY

from evaluation import scoring
from evaluation.agreement import Missing
from evaluation.cli import main
from evaluation.instrument.judge import JudgeMeasured, drawn, measure_judge
from evaluation.instrument.pools import static_pool
from evaluation.mutations import Shelf
from evaluation.split import Side
from serve.adapters.openai_judge import OpenAIMarker
from serve.domain.event import GameEvent
from serve.domain.state import GameState, Locale
from serve.errors import EngineError
from serve.quality import ACCEPT_FROM, score
from serve.quality.judge import Judge
from serve.quality.judgement import DIMENSIONS, Judgement

GOOD = Path("docs/examples/quality/good.jsonl")
EVENTS = static_pool(POLICY, Side.TUNING)[:40]
SHELF = Shelf(EVENTS, POLICY)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Generator[JudgeServer]:
    with running(JudgeServer(reader)) as running_server:
        monkeypatch.setenv("EVENTSMITH_JUDGE_ENDPOINT", running_server.url)
        monkeypatch.setenv("EVENTSMITH_JUDGE_MODEL", "judge-model")
        yield running_server


def status(*arguments: str) -> object:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    return exit_.value.code


def test_every_event_of_a_file_is_judged(
    server: JudgeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status("judge", str(GOOD), "--json", "--repeats", "1") == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["index"] for line in lines] == [0, 1, 2, 3, 4]
    assert {line["judge"]["total"] for line in lines} == {75}
    assert lines[0]["judge"]["orderGap"] == dict.fromkeys(DIMENSIONS, 0)
    assert lines[0]["judge"]["promptVersion"] == "judge-1"
    [scored, *_] = scoring.judge(scoring.read_items(GOOD.read_text("utf-8")), POLICY)
    assert isinstance(scored, scoring.Scored)
    assert lines[0]["rubric"]["total"] == scored.quality.total
    assert len(server.requests) == 5 * 2 * len(DIMENSIONS)


def test_what_is_no_event_is_told_and_the_others_are_judged(
    server: JudgeServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text('{"title": "x"}\n' + GOOD.read_text("utf-8").splitlines()[0], "utf-8")
    assert status("judge", str(path), "--json", "--repeats", "1") == 1
    first, second = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert first["error"].startswith("eventType")
    assert second["judge"]["total"] == 75


def test_a_stubborn_judge_is_warned_of(
    server: JudgeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server._opinion = stubborn
    assert status("judge", str(GOOD), "--repeats", "1") == 0
    shown = capsys.readouterr().out
    assert "judge 50" in shown
    assert "순서에 따라" in shown
    assert "depend on the order" in shown


def test_a_failing_server_is_told_per_event(
    server: JudgeServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server._fails = lambda: Response(status_code=503)
    assert status("judge", str(GOOD), "--json") == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["error"] for line in lines} == {"the model server says 503"}


def test_without_a_judge_the_cure_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("EVENTSMITH_JUDGE_ENDPOINT", raising=False)
    assert status("judge", str(GOOD)) == 2
    assert "EVENTSMITH_JUDGE_ENDPOINT" in capsys.readouterr().err


class Oracle(Judge):
    """Thinks exactly what the scorer thinks; answers nothing for one event in five."""

    def __init__(self) -> None:
        super().__init__(OpenAIMarker("http://127.0.0.1:9", "oracle"), POLICY)
        self.asked = 0

    async def judge(self, event: GameEvent, state: GameState, locale: Locale) -> Judgement:
        self.asked += 1
        if self.asked % 5 == 0:
            raise EngineError("no answer")
        quality = score(event, state, POLICY, locale)
        points = {name: getattr(quality, name) for name in DIMENSIONS}
        return Judgement(**points, order_gap={"fun": 7.0})


async def test_a_judge_that_thinks_like_the_scorer_agrees_wholly() -> None:
    told: list[None] = []
    measured = await measure_judge(
        Oracle(), EVENTS, SHELF, 0, largest=10, at_once=3, done=lambda: told.append(None)
    )
    asked = len(drawn(EVENTS, SHELF, 0, 10))
    assert len(told) == asked
    assert measured.unanswered == asked // 5
    assert len(measured.rated) == asked - asked // 5
    assert not isinstance(measured.agreement, Missing)
    assert measured.agreement.value == pytest.approx(1)
    assert measured.auc is not None
    assert 0.7 < measured.auc.value <= 1
    assert measured.sensitivity is not None
    accepted = {r.id for r in measured.rated if not r.defect and r.scorer >= ACCEPT_FROM}
    mutants = [r for r in measured.rated if r.defect and r.id in accepted]
    found = sum(r.scorer < ACCEPT_FROM for r in mutants) / len(mutants)
    assert measured.sensitivity.value == pytest.approx(found)
    assert measured.unstable == 1


async def test_a_judge_that_gives_everybody_the_same_says_nothing(server: JudgeServer) -> None:
    judge = Judge(OpenAIMarker(server.url, "same"), POLICY, repeats=1)
    measured = await measure_judge(judge, EVENTS, SHELF, 0, largest=3, at_once=4)
    assert isinstance(measured.agreement, Missing)
    assert measured.auc is not None
    assert measured.auc.value == 0.5
    assert measured.sensitivity is None


def test_nothing_judged_is_no_figure() -> None:
    measured = JudgeMeasured((), 3)
    assert isinstance(measured.agreement, Missing)
    assert (measured.auc, measured.sensitivity, measured.unstable) == (None, None, 0)


def test_the_sample_is_bounded_and_always_the_same() -> None:
    sample = drawn(EVENTS, SHELF, 0, 5)
    assert sample == drawn(EVENTS, SHELF, 0, 5)
    assert len({specimen.id for specimen, _, _ in sample}) == 5
    assert [defect for _, defect, _ in sample].count("") == 5
    assert len(sample) <= 5 * 4
