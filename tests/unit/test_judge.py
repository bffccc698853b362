"""The judge's figures: expectation, renormalisation, the two orders, spread."""

import math
from collections.abc import Mapping

import pytest
from judge_server import Opinion, reader, stubborn
from review_samples import review_item
from samples import POLICY

from serve.domain.state import CANONICAL_INFRASTRUCTURE, GameState, Locale
from serve.errors import EngineError
from serve.quality.judge import Judge, Question
from serve.quality.judge_sheet import load_sheet
from serve.quality.judgement import (
    DIMENSIONS,
    STEP,
    TOKENS,
    Arrangement,
    Judgement,
    Mark,
    expectation,
    summed_up,
    worth,
)

ITEM = review_item()


class Listening:
    """A marker that keeps what it was asked and answers by an opinion."""

    model = "listener"

    def __init__(self, opinion: Opinion | None, *answers: str) -> None:
        self._opinion = opinion
        self._answers = list(answers)
        self.questions: list[Question] = []

    async def mark(self, question: Question) -> Mapping[str, float] | str:
        self.questions.append(question)
        if self._answers:
            return self._answers[(len(self.questions) - 1) % len(self._answers)]
        assert self._opinion is not None
        return self._opinion(question.user)


def test_the_tokens_cover_the_rubrics_scale() -> None:
    assert worth(Arrangement.ORIGINAL) == {"1": 0, "2": 6.25, "3": 12.5, "4": 18.75, "5": 25}
    assert worth(Arrangement.REVERSED) == {"1": 25, "2": 18.75, "3": 12.5, "4": 6.25, "5": 0}


@pytest.mark.parametrize(
    ("answer", "points"),
    [
        pytest.param({"4": 1.0}, 18.75, id="certain"),
        pytest.param({"4": 0.5, "5": 0.5}, 21.875, id="between"),
        pytest.param({"4": 0.1, "5": 0.1}, 21.875, id="renormalised"),
        pytest.param({"4": 0.1, "5": 0.1, "the": 0.8}, 21.875, id="other-tokens-left-out"),
        pytest.param(dict.fromkeys(TOKENS, 0.2), 12.5, id="undecided"),
        pytest.param({"5": 0.0, "1": 1e-12}, 0.0, id="tiny"),
        pytest.param("4", 18.75, id="token"),
        pytest.param(" 4\n", 18.75, id="token-with-space"),
    ],
)
def test_expectation(answer: Mapping[str, float] | str, points: float) -> None:
    assert expectation(answer, worth(Arrangement.ORIGINAL)) == pytest.approx(points)


@pytest.mark.parametrize("answer", ["", "6", "none", {}, {"7": 1.0}, {"4": 0.0}, {"4": math.inf}])
def test_no_grade_is_an_error(answer: Mapping[str, float] | str) -> None:
    with pytest.raises(EngineError, match="1, 2, 3, 4, 5"):
        expectation(answer, worth(Arrangement.ORIGINAL))


def test_the_orders_weigh_the_same_and_their_gap_is_told() -> None:
    """Ten answers in one order do not outvote one in the other."""
    marks = [Mark(name, Arrangement.ORIGINAL, 20.0, 1.0) for name in DIMENSIONS for _ in range(10)]
    marks += [Mark(name, Arrangement.REVERSED, 10.0, 0.25) for name in DIMENSIONS]
    judged = summed_up(marks, "m", "v")
    assert [judged.consistency, judged.fun, judged.total] == [15, 15, 60]
    assert judged.order_gap == dict.fromkeys(DIMENSIONS, 10)
    assert judged.mass == 0.25
    assert judged.spread["fun"] == pytest.approx(10 * math.sqrt(10) / 11, abs=0.01)
    assert not judged.stable


def test_spread_is_the_answers_standard_deviation() -> None:
    marks = [
        Mark(name, order, points, None)
        for name in DIMENSIONS
        for order in Arrangement
        for points in (12.5, 18.75)
    ]
    judged = summed_up(marks, "m", "v")
    assert judged.spread == dict.fromkeys(DIMENSIONS, 3.12)
    assert judged.order_gap == dict.fromkeys(DIMENSIONS, 0)
    assert judged.stable
    assert judged.mass is None


async def test_a_judge_that_reads_agrees_with_itself() -> None:
    judged = await Judge(Listening(reader), POLICY).judge(ITEM.event, ITEM.game_state, ITEM.locale)
    assert [getattr(judged, name) for name in DIMENSIONS] == [18.75] * 4
    assert judged.total == 75
    assert judged.order_gap == dict.fromkeys(DIMENSIONS, 0)
    assert judged.mass == 1
    assert judged.stable
    assert (judged.model, judged.prompt_version) == ("listener", "judge-1")


async def test_a_judge_with_a_favourite_figure_is_caught() -> None:
    judged = await Judge(Listening(stubborn), POLICY).judge(
        ITEM.event, ITEM.game_state, ITEM.locale
    )
    assert judged.total == 50
    assert min(judged.order_gap.values()) > STEP
    assert not judged.stable


@pytest.mark.parametrize("locale", Locale)
async def test_both_orders_of_choices_and_grades_are_asked(locale: Locale) -> None:
    marker = Listening(None, "3")
    await Judge(marker, POLICY, repeats=3).judge(ITEM.event, ITEM.game_state, locale)
    assert len(marker.questions) == 3 * 2 * len(DIMENSIONS)
    assert {question.seed for question in marker.questions} == {0, 1, 2}
    assert {question.allowed for question in marker.questions} == {TOKENS}
    first, last = marker.questions[0].user, marker.questions[-1].user
    texts = [choice.text for choice in ITEM.event.choices]
    assert first.index(texts[0]) < first.index(texts[1])
    assert last.index(texts[1]) < last.index(texts[0])
    grades = load_sheet().dimensions[locale]
    assert f"1: {grades['consistency'].grades[0]}\n" in first
    assert f"1: {grades['education'].grades[4]}\n" in last
    assert f"5: {grades['education'].grades[0]}\n" in last


async def test_only_canonical_infrastructure_leaves_the_platform() -> None:
    """Unknown names in a state are a client's own words."""
    state = GameState(
        current_turn=3, cash=1, users=1, trust=50, infrastructure=("EC2", "010-1234-5678")
    )
    marker = Listening(None, "3")
    await Judge(marker, POLICY).judge(ITEM.event, state, ITEM.locale)
    assert not any("010-1234-5678" in question.user for question in marker.questions)
    assert all("EC2" in question.user for question in marker.questions)
    assert "EC2" in CANONICAL_INFRASTRUCTURE


def test_braces_in_an_events_text_stay_text() -> None:
    event = ITEM.event.model_copy(update={"title": "{state.cash} {0} {"})
    shown = load_sheet().event_text(event, ITEM.game_state, POLICY, Locale.KO, Arrangement.ORIGINAL)
    assert "{state.cash} {0} {" in shown


def test_the_sheet_has_every_dimension_and_language() -> None:
    sheet = load_sheet()
    for table in (sheet.system, sheet.event, sheet.choice, sheet.question, sheet.nothing):
        assert set(table) == set(Locale)
    for locale in Locale:
        assert tuple(sheet.dimensions[locale]) == DIMENSIONS
        for criterion in sheet.dimensions[locale].values():
            assert len(set(criterion.grades)) == len(TOKENS)


def test_a_judgement_survives_the_wire() -> None:
    judged = Judgement(consistency=1, balance=2, fun=3, education=4, spread={"fun": 1.0}, model="m")
    item = review_item(judge=judged)
    again = type(item).model_validate_json(item.model_dump_json(by_alias=True))
    assert again.judge == judged
    assert "judge" not in item.blind.model_dump()
