"""Learnt meaning: pieces, evidence, and doubts that ask for a person."""

from pathlib import Path
from random import Random

import numpy as np
import pytest
from samples import POLICY

from evaluation.instrument.pools import corpus, static_pool
from evaluation.mutations import KINDS, Shelf, Specimen
from evaluation.split import Side, side
from serve.domain.state import Locale
from serve.quality import Verdict, meaning, score
from serve.quality.meaning import doubts
from serve.quality.meaning.evidence import OF_CHOICE, OF_EVENT, evidence
from serve.quality.meaning.heads import WIDTHS, heads, packed, unpacked
from serve.quality.meaning.pieces import BITS, places
from serve.quality.reason import DECISIVE, Kind

SOME = Random(5).sample(corpus(POLICY, Side.TUNING), 60)
SHELF = Shelf(corpus(POLICY, Side.TUNING), POLICY)


def test_pieces_are_the_same_on_every_machine() -> None:
    assert places("캐시", Locale.KO).tolist() == [63, 1347, 1917, 7162, 7227, 7855, 15228, 16249]
    assert places("cache", Locale.EN).tolist()[:4] == [239, 716, 1067, 3342]


@pytest.mark.parametrize("locale", [*Locale])
def test_nothing_was_learnt_from_what_measures(locale: Locale) -> None:
    sources = np.load(Path(meaning.__path__[0]) / f"{locale.value}.npz")["learnt_from"].tolist()
    assert len(sources) > 100
    assert {side(draft_id) for draft_id in sources} == {Side.TUNING}


def test_pieces_look_past_case_and_punctuation() -> None:
    assert (
        places("Add a cache, now!", Locale.EN).tolist()
        == places("add a CACHE now", Locale.EN).tolist()
    )
    assert (
        places("서버가 멈췄다", Locale.KO).tolist() != places("고객이 늘었다", Locale.KO).tolist()
    )


@pytest.mark.parametrize("text", ["", " ", "!?", "a"])
def test_pieces_of_next_to_nothing(text: str) -> None:
    found = places(text, Locale.EN)
    assert all(0 <= place < 1 << BITS for place in found)


@pytest.mark.parametrize("locale", [*Locale])
def test_a_table_is_read_as_it_was_stored(locale: Locale) -> None:
    learnt = heads(locale)
    again = unpacked(packed(learnt))
    assert learnt.table.shape == (1 << BITS, sum(WIDTHS.values()))
    np.testing.assert_array_equal(again.table, learnt.table)
    for name, question in learnt.questions.items():
        assert question.doubtful < question.sure, name
        assert again.questions[name].evidence == question.evidence


@pytest.mark.parametrize("specimen", SOME[:12], ids=lambda one: one.id)
def test_evidence_is_finite_and_does_not_know_the_order_of_choices(specimen: Specimen) -> None:
    event = specimen.event
    seen = evidence(event, specimen.locale, heads(specimen.locale))
    assert seen.event.shape == (len(OF_EVENT),)
    assert seen.choices.shape == (len(event.choices), len(OF_CHOICE))
    assert np.isfinite(seen.event).all()
    assert np.isfinite(seen.choices).all()
    turned = event.model_copy(update={"choices": event.choices[::-1]})
    other = evidence(turned, specimen.locale, heads(specimen.locale))
    np.testing.assert_allclose(other.choices[::-1], seen.choices, atol=1e-4)


def test_good_events_are_seldom_doubted_and_broken_ones_often() -> None:
    kinds = [kind for kind in KINDS if kind.name in ("description_other_type", "effects_negated")]
    good = [sum(loss[0] for loss in doubts(one.event, one.locale)) for one in SOME]
    mutants = [kind.mutant(one, SHELF, seed=7) for kind in kinds for one in SOME]
    bad = [
        sum(loss[0] for loss in doubts(event, one.locale))
        for event, one in zip(mutants, SOME * len(kinds), strict=True)
        if event is not None
    ]
    assert np.mean(np.array(good) > 5) < 0.1
    assert np.mean(np.array(bad) > 5) > 0.7


@pytest.mark.parametrize("specimen", static_pool(POLICY, Side.TUNING)[:40], ids=lambda one: one.id)
def test_doubts_alone_never_discard(specimen: Specimen) -> None:
    for kind in KINDS:
        event = kind.mutant(specimen, SHELF, seed=3) if kind.group.value == "meaning" else None
        if event is None:
            continue
        quality = score(event, specimen.state, POLICY, specimen.locale)
        doubted = [reason for reason in quality.reasons if reason.kind is Kind.DOUBT]
        assert sum(reason.points for reason in doubted) <= DECISIVE + 0.1 * len(doubted)
        if quality.undoubted >= 85:
            assert quality.verdict is not Verdict.DISCARD
