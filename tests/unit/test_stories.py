"""Drafts of one story are known for what they are; two stories never are one."""

from random import Random

import numpy as np
import pytest
from fakes import GOOD_DRAFT
from samples import POLICY, pooled

from serve.domain.event import EventDraft
from serve.domain.state import Locale
from serve.models.corpus import read
from serve.pool import PooledDraft
from serve.quality.meaning.kinship import spread, weighed
from serve.static_events import StaticLibrary
from serve.stories import Stories

GOOD = EventDraft.model_validate(GOOD_DRAFT)
TOLD = [entry for entry in read() if entry.wordings is not None]


def draft_of(name: str, draft: EventDraft, locale: Locale) -> PooledDraft:
    return pooled(name).model_copy(update={"draft": draft, "locale": locale})


def test_a_text_resembles_itself_most() -> None:
    here, there = (weighed(text, Locale.KO) for text in ("서버가 멈췄습니다", "서버를 늘렸습니다"))
    assert here[1] @ spread(here)[here[0]] == pytest.approx(1)
    assert 0 < here[1] @ spread(there)[here[0]] < 0.5


def test_a_story_keeps_its_name_whatever_is_told_between() -> None:
    """Weights are read from a file and pieces hashed without a salt: no process differs."""
    here, there = Stories(), Stories()
    there.meet(draft_of(one.written.id, one.written.draft, one.locale) for one in TOLD[:50])
    for stories in (here, there):
        stories.name(pooled("first"))
        assert stories.name(pooled("second")) == "first"


def test_a_new_draft_tells_its_own_story() -> None:
    assert Stories().name(pooled("new")) == "new"


def test_a_retold_draft_is_named_after_the_first() -> None:
    stories = Stories()
    for name in ("first", "second", "third"):
        draft = pooled(name)
        told = stories.name(draft)
        assert draft.model_copy(update={"told": told}).story == "first"


def test_drafts_of_other_writers_are_met() -> None:
    stories = Stories()
    stories.meet([pooled("theirs", told="somebody's")])
    assert stories.name(pooled("ours")) == "somebody's"


def test_the_same_words_in_another_language_are_another_story() -> None:
    stories = Stories()
    stories.name(draft_of("ko", GOOD, Locale.KO))
    assert stories.name(draft_of("en", GOOD, Locale.EN)) == "en"


def test_no_more_than_so_many_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serve.stories._KNOWN", 5)
    stories, entries = Stories(), Random(1).sample(TOLD, 8)
    first = draft_of("first", entries[0].written.draft, entries[0].locale)
    stories.name(first)
    for entry in entries[1:]:
        stories.name(draft_of(entry.written.id, entry.written.draft, entry.locale))
    assert stories.name(first.model_copy(update={"draft_id": "again"})) == "again"


@pytest.mark.parametrize("locale", [*Locale])
def test_stories_are_told_apart_and_their_retellings_together(locale: Locale) -> None:
    """Every story written by hand, then those of the corpus once more in other words."""
    stories, rng = Stories(), Random(3)
    ours = [entry for entry in TOLD if entry.locale is locale]
    written = [entry.written for entry in read() if entry.locale is locale]
    written += StaticLibrary(POLICY).drafts(locale)
    names = {one.id: stories.name(draft_of(one.id, one.draft, locale)) for one in written}
    assert len(names) == len(written)
    assert [name for name, story in names.items() if name != story] == []
    found = list[bool]()
    for entry in ours:
        assert entry.wordings
        retold = entry.wordings.vary(entry.written.draft, rng)
        again = draft_of(f"{entry.written.id} again", retold, locale)
        story = stories.name(again)
        assert story in {entry.written.id, again.draft_id}
        found.append(story == entry.written.id)
    assert np.mean(found) > 0.9
