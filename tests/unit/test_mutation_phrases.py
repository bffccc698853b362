"""The sentences defects are made with: enough, all different, and never on both sides."""

import re
from collections.abc import Iterator
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import combinations
from random import Random

import pytest

from evaluation.instrument.pools import corpus
from evaluation.mutations import KINDS, Shelf, Specimen
from evaluation.mutations.phrases import Phrase, passage, phrase_side, phrases, sentence
from evaluation.split import Side
from serve.domain.balance import BalancePolicy
from serve.domain.rules import violations
from serve.domain.state import Locale
from serve.settings import Settings

_DELTAS = tuple(f"{name}_{way}" for name in ("cash", "users", "trust") for way in ("up", "down"))
_COUNTS = {
    "wrong_lessons": 60,
    "filler": 20,
    "office": 10,
    "office_choices": 6,
    **dict.fromkeys(("lorem", "profanity", "leak", "contact", "repeated"), 8),
    **dict.fromkeys((f"numbers.{delta}" for delta in _DELTAS), 6),
    **dict.fromkeys((f"told.{delta}" for delta in (*_DELTAS, "nothing")), 6),
}
_PARTS = {"office": 2, "office_choices": 4}
_SHORT = 0.85
"""Sentences of a few words share their ending and may be this much alike, longer texts `_LONG`."""
_LONG = 0.65

_both = pytest.mark.parametrize("locale", Locale, ids=str)


@pytest.fixture(scope="module")
def policy() -> BalancePolicy:
    return BalancePolicy.parse(Settings.from_environ().table("balance.yaml"))


@pytest.fixture(scope="module")
def specimens(policy: BalancePolicy) -> list[Specimen]:
    """A few on each side, in each language."""
    return [specimen for side in Side for specimen in corpus(policy, side)[::40]]


def _texts(locale: Locale) -> Iterator[tuple[str, str]]:
    for subject, found in phrases(locale).items():
        yield from ((subject, text) for phrase in found for text in phrase)


@_both
def test_every_subject_has_its_phrases(locale: Locale) -> None:
    assert {subject: len(found) for subject, found in phrases(locale).items()} == _COUNTS
    for subject, found in phrases(locale).items():
        assert {len(phrase) for phrase in found} == {_PARTS.get(subject, 1)}, subject


@_both
def test_both_sides_have_enough_of_every_subject(locale: Locale) -> None:
    for subject, found in phrases(locale).items():
        for side in Side:
            count = sum(phrase_side(phrase) is side for phrase in found)
            assert count >= max(2, len(found) // 4), (subject, side)


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        (("A cache helps most when no page is ever asked for twice.",), "held_out"),
        (("The whole thing is s h i t and everybody says so.",), "held_out"),
        (("Whose Sandwich Was It", "An older wording of the story."), "tuning"),
        (("현금이 {amount}원 늘었습니다.",), "tuning"),
    ],
)
def test_the_side_of_a_phrase_is_fixed(phrase: Phrase, expected: str) -> None:
    assert phrase_side(phrase) == expected


@_both
def test_nothing_is_said_twice(locale: Locale) -> None:
    texts = [re.sub(r"\W", "", text).lower() for _, text in _texts(locale)]
    assert len(texts) == len(set(texts))


@_both
def test_no_two_phrases_of_a_subject_are_nearly_the_same(locale: Locale) -> None:
    for subject, found in phrases(locale).items():
        most = _SHORT if subject.startswith(("numbers.", "told.")) else _LONG
        whole = (" ".join(phrase) for phrase in found)
        for one, other in combinations(whole, 2):
            alike = SequenceMatcher(None, one, other, autojunk=False)
            assert alike.quick_ratio() < most or alike.ratio() < most, (one, other)


@_both
def test_phrases_are_in_their_own_language(locale: Locale) -> None:
    for _, text in _texts(locale):
        assert bool(re.search(r"[가-힣ㄱ-ㅣ]", text)) is (locale is Locale.KO), text


@_both
def test_figures_have_their_place_and_nothing_else_has_one(locale: Locale) -> None:
    for subject, text in _texts(locale):
        assert text.count("{amount}") == subject.startswith("numbers."), text


@_both
def test_one_sentence_alone_is_long_enough_for_a_result(locale: Locale) -> None:
    """A choice that moves one resource is told in one sentence, and a result has 10 characters."""
    for subject, text in _texts(locale):
        assert len(text) >= 10 or not subject.startswith("told."), text


def test_drawing_depends_on_the_seed_alone(specimens: list[Specimen]) -> None:
    specimen = specimens[0]
    draws = [[sentence(specimen, "wrong_lessons", Random(seed)) for seed in range(30)]] * 2
    assert draws[0] == draws[1]
    assert len(set(draws[0])) > 10


@_both
def test_a_specimen_draws_all_of_its_own_side_and_nothing_else(
    locale: Locale, specimens: list[Specimen]
) -> None:
    rng = Random(7)
    for side in Side:
        specimen = replace(next(s for s in specimens if s.side is side), locale=locale)
        for subject, found in phrases(locale).items():
            drawn = {passage(specimen, subject, rng) for _ in range(1000)}
            assert drawn == {phrase for phrase in found if phrase_side(phrase) is side}, subject


def test_no_defect_holds_a_phrase_of_the_other_side(
    specimens: list[Specimen], policy: BalancePolicy
) -> None:
    """`numbers` get figures on the way, and a good event may itself say what is in `told`."""
    subjects = [s for s in _COUNTS if not s.startswith(("numbers.", "told."))]
    for side in Side:
        shelf = Shelf([specimen for specimen in specimens if specimen.side is side], policy)
        for specimen in shelf.specimens:
            found = (p for subject in subjects for p in phrases(specimen.locale)[subject])
            foreign = [text for p in found if phrase_side(p) is not side for text in p]
            for kind in KINDS:
                mutant = kind.mutant(specimen, shelf, 3)
                said = "\n".join(text for _, text in mutant.texts()) if mutant else ""
                assert not [text for text in foreign if text in said], (kind.name, specimen.id)


def test_a_wrong_lesson_breaks_no_rule(specimens: list[Specimen], policy: BalancePolicy) -> None:
    """It must be found for being wrong, not for its length or for a service nobody owns."""
    lesson = next(kind for kind in KINDS if kind.name == "wrong_lesson")
    shelf = Shelf(specimens, policy)
    for specimen in specimens:
        for seed in range(10):
            mutant = lesson.mutant(specimen, shelf, seed)
            assert mutant is not None
            assert not violations(mutant, specimen.state, policy, specimen.locale), mutant
