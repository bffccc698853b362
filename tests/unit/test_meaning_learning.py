"""How the heads of meaning are learnt: folds, thresholds and questions."""

from random import Random

import numpy as np
import pytest
from samples import POLICY

from evaluation.meaning.fit import fit
from evaluation.meaning.lessons import DEFECTS, lessons, mutants
from evaluation.meaning.questions import Judged, exceeded, fold, learn
from evaluation.mutations import KINDS, Shelf
from evaluation.split import Side, side
from serve.domain.state import Locale
from serve.quality.meaning.doubts import answer
from serve.quality.meaning.evidence import OF_CHOICE, OF_EVENT, Evidence

GOOD = list(lessons(Locale.EN, POLICY, wordings=1))


def test_only_tuning_events_are_lessons() -> None:
    assert len(GOOD) > 200
    assert {side(one.id) for one in GOOD} == {Side.TUNING}
    assert {one.locale for one in GOOD} == {Locale.EN}


def test_every_way_to_tell_a_draft_is_judged_in_one_fold() -> None:
    drafts = {one.id for one in GOOD}
    assert len(drafts) < len(GOOD)
    counts = np.bincount([fold(draft) for draft in drafts])
    assert len(counts) == 5
    assert counts.min() > 0.5 * counts.mean()


def test_the_defects_asked_about_are_injected_ones() -> None:
    assert {name for names in DEFECTS.values() for name in names} <= {kind.name for kind in KINDS}


def test_a_borrowed_description_comes_with_and_without_its_title() -> None:
    few = GOOD[:20]
    found = [
        one
        for one in mutants(few, Shelf(GOOD, POLICY), seed=1)
        if one.kind == "description_same_type"
    ]
    titled = [one for one in found if one.event.title != one.specimen.event.title]
    assert len(titled) == len(found) / 2
    assert all(one.event.description != one.specimen.event.description for one in found)


def test_heads_are_the_same_every_time() -> None:
    events = [one.event for one in GOOD[:80]]
    one, other = fit(events, Locale.EN), fit(events, Locale.EN)
    np.testing.assert_array_equal(one.table, other.table)


@pytest.mark.parametrize("share", [0.001, 0.01, 0.05])
def test_the_tail_of_a_few_values_is_told_without_them(share: float) -> None:
    """Of exponential values, of which -log(share) is exceeded by that share."""
    told = [
        exceeded(np.random.default_rng(seed).exponential(size=80).astype(np.float32), share)
        for seed in range(200)
    ]
    assert np.mean(told) == pytest.approx(-np.log(share), rel=0.1)


def test_a_question_learns_what_tells_its_defect() -> None:
    rng = np.random.default_rng(1)

    def judged(kind: str, at: int) -> Judged:
        event = rng.normal(size=len(OF_EVENT)).astype(np.float32)
        event[OF_EVENT.index("type")] += -4 if kind else 4
        choices = rng.normal(size=(2, len(OF_CHOICE))).astype(np.float32)
        return Judged(f"{kind}{at}", kind, Evidence(event, choices), (), static=at % 4 == 0)

    seen = [judged(kind, at) for kind in ("", "type_changed") for at in range(200)]
    Random(1).shuffle(seen)
    learnt = learn("type", {Locale.EN: seen})[Locale.EN]
    assert learnt.auc > 0.99
    assert learnt.found > 0.8
    sure = [
        answer(learnt.question, OF_EVENT, one.seen.event) > learnt.question.sure for one in seen
    ]
    assert sum(bool(one) for one, was in zip(sure, seen, strict=True) if not was.kind) <= 2


def test_an_unknown_question_is_told() -> None:
    with pytest.raises(ValueError, match="no question is called 'mood'; there are type, "):
        learn("mood", {})
