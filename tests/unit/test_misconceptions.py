"""A lesson told backwards is found; what is true, asked, or merely believed is left alone."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from serve.domain.event import Choice, Effects, EventType, GameEvent, Severity
from serve.domain.state import Locale
from serve.quality.education import education
from serve.quality.knowledge import ideas
from serve.quality.misconceptions import false_lessons, misconceptions
from serve.quality.misconceptions.relations import claims, practices
from serve.quality.reason import DECISIVE, Reason

ROOT = Path(__file__).parents[2]
LESSONS = {
    locale: yaml.safe_load(
        (ROOT / f"tests/unit/data/lessons.{locale.value}.yaml").read_text("utf-8")
    )
    for locale in Locale
}
HANGUL = re.compile("[가-힣]")
WRITTEN = sorted(
    path
    for folder in ("serve/models/corpus", "serve/static_events")
    for path in (ROOT / folder).rglob("*.jsonl")
)


def found(sentences: list[str], locale: Locale) -> float:
    """The share of the sentences in which a false lesson is found."""
    return sum(bool(misconceptions(text, locale)) for text in sentences) / len(sentences)


def texts(value: Any) -> Iterator[str]:
    """Every text of a JSON value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from texts(part)


@pytest.mark.parametrize("locale", list(Locale))
def test_what_is_told_backwards_is_found(locale: Locale) -> None:
    told = LESSONS[locale]["told_backwards"]

    assert found([text for at, text in enumerate(told, 1) if at % 4], locale) >= 0.95
    assert found(told[3::4], locale) >= 0.85


@pytest.mark.parametrize("locale", list(Locale))
def test_half_of_what_is_told_in_unforeseen_words_is_found(locale: Locale) -> None:
    """Measured 9 of 16 in each language when written: what the table covers, and what not yet."""
    assert found(LESSONS[locale]["told_otherwise"][1::2], locale) >= 0.45


@pytest.mark.parametrize(
    ("locale", "text"), [(at, text) for at in Locale for text in LESSONS[at]["told_right"]]
)
def test_what_is_true_is_left_alone(locale: Locale, text: str) -> None:
    assert misconceptions(text, locale) == ()


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_nothing_written_by_hand_is_called_false(path: Path) -> None:
    locale = Locale(path.name[:2])
    lines = path.read_text("utf-8").splitlines()

    assert [t for line in lines for t in texts(json.loads(line)) if misconceptions(t, locale)] == []


@pytest.mark.parametrize("locale", list(Locale))
def test_the_table_is_large_and_tells_the_truth_in_both_languages(locale: Locale) -> None:
    table = practices(locale)
    truths = [relation.truth for practice in table for relation in practice.relations]
    truths += [claim.truth for claim in claims(locale)]

    assert len({practice.id for practice in table}) == len(table)
    assert len(truths) >= 100
    for truth in truths:
        assert HANGUL.search(truth.ko)
        assert truth.ko.endswith("다.")
        assert not HANGUL.search(truth.en)
        assert truth.en.endswith(".")


@pytest.mark.parametrize("locale", list(Locale))
def test_what_is_really_so_is_not_called_false(locale: Locale) -> None:
    for practice in practices(locale):
        for relation in practice.relations:
            statement = relation.truth.ko if locale is Locale.KO else relation.truth.en
            assert misconceptions(statement, locale) == ()
    for idea in ideas(locale):
        assert misconceptions(idea.what, locale) == misconceptions(idea.costs, locale) == ()


def event(description: str, text: str, result: str) -> GameEvent:
    nothing = Effects(users_delta=0, cash_delta=0, trust_delta=0)
    return GameEvent(
        event_id="e",
        event_type=EventType.INFRASTRUCTURE_CRISIS,
        severity=Severity.MEDIUM,
        title="...",
        description=description,
        choices=(Choice(choice_id="a", text=text, effects=nothing, result_text=result),),
    )


BACKWARDS = {
    Locale.KO: "캐시를 없애자 화면이 빨라졌습니다.",
    Locale.EN: "Removing the cache made the page faster.",
}


@pytest.mark.parametrize("locale", list(Locale))
def test_only_what_is_told_counts_not_what_a_choice_intends(locale: Locale) -> None:
    wrong = BACKWARDS[locale]

    assert [at for at, _ in false_lessons(event(wrong, "...", "..."), locale)] == ["description"]
    assert [at for at, _ in false_lessons(event("...", "...", wrong), locale)] == [
        "choices[0].resultText"
    ]
    assert list(false_lessons(event("...", wrong, "..."), locale)) == []


@pytest.mark.parametrize("locale", list(Locale))
def test_a_false_lesson_costs_the_acceptance_and_says_what_is_so(locale: Locale) -> None:
    lost = next(iter(education(event("...", "...", BACKWARDS[locale]), locale)))

    assert lost == Reason(
        "education",
        DECISIVE,
        "choices[0].resultText",
        "거꾸로 가르칩니다. 실제로는: 캐시는 같은 물음에 빨리 답하게 하고, "
        "없애면 그때마다 다시 계산하느라 느려집니다.",
        "Teaches the opposite of what is so: A cache makes repeated answers fast; "
        "without it each one is worked out again and takes longer.",
    )
