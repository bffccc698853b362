"""The hand-written pool: large enough, of every kind, and good."""

from collections import Counter

import pytest
from samples import POLICY

from serve.domain.event import EventType
from serve.domain.state import Locale, Stage
from serve.models.corpus_check import near_duplicates, problems
from serve.quality import Verdict
from serve.static_events import StaticLibrary
from serve.static_events.points import known, rows

LIBRARY = StaticLibrary(POLICY)


@pytest.mark.parametrize("locale", [*Locale])
def test_covers_every_type_and_stage(locale: Locale) -> None:
    drafts = LIBRARY.drafts(locale)
    assert len(drafts) >= 40
    cells = Counter((draft.type, stage) for draft in drafts for stage in draft.stages)
    assert {(kind, stage) for kind in EventType for stage in Stage} <= set(cells)


@pytest.mark.parametrize("locale", [*Locale])
def test_keeps_every_rule_in_every_corner(locale: Locale) -> None:
    found = [
        (draft.id, problem)
        for draft in LIBRARY.drafts(locale)
        for problem in problems(draft, locale, POLICY)
    ]
    assert found == []


def test_scores_eighty_and_more_but_for_doubts() -> None:
    """The static pool shows how often a good event is doubted: it is not mended to please."""
    judged = [LIBRARY.quality(draft.id) for locale in Locale for draft in LIBRARY.drafts(locale)]
    assert min(one.undoubted for one in judged) >= 80
    assert sum(one.verdict is Verdict.ACCEPT for one in judged) > 0.9 * len(judged)
    assert not any(one.verdict is Verdict.DISCARD for one in judged)


@pytest.mark.parametrize("locale", [*Locale])
def test_no_two_alike(locale: Locale) -> None:
    assert list(near_duplicates(LIBRARY.drafts(locale))) == []


def test_needs_nothing_and_offers_nothing() -> None:
    drafts = [draft for locale in Locale for draft in LIBRARY.drafts(locale)]
    assert not [draft.id for draft in drafts if draft.needs or draft.draft.offers]


def test_points_worked_out_beforehand_are_those_of_the_rubric() -> None:
    """Otherwise: `python -m serve.static_events`."""
    assert rows(known(POLICY).items()) == rows(
        (name, LIBRARY.quality(name)) for name in LIBRARY.ids()
    )


def test_points_of_another_balance_table_are_worked_out() -> None:
    other = POLICY.model_copy(update={"smallest": POLICY.smallest / 2})
    name = LIBRARY.ids()[0]
    assert known(other) == {}
    assert StaticLibrary(other).points(name) == StaticLibrary(other).quality(name)
