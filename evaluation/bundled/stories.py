"""What the model learnt from, to hold its answers against: which story is told, and how literally."""

import re
from collections.abc import Sequence

from serve.domain.event import EventDraft
from serve.domain.state import Locale
from serve.models.corpus import Entry
from serve.quality.language import likeness

_WORD = re.compile(r"[^\W_]+")


class Stories:
    """The corpus, searched by likeness and by exact wording."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._texts = {entry.written.id: frozenset(entry.texts()) for entry in entries}
        texts = (text for entry in entries for text in entry.texts())
        self._words = {word for text in texts for word in _WORD.findall(text)}
        self._tellings = {
            locale: [
                (telling, entry)
                for entry in entries
                if entry.locale is locale
                for telling in _tellings(entry)
            ]
            for locale in Locale
        }

    def told(self, draft: EventDraft, locale: Locale) -> Entry:
        """The corpus entry whose situation, in any of its wordings, is likest to this one."""
        situation = f"{draft.title} {draft.description}"
        return max(self._tellings[locale], key=lambda pair: likeness(situation, pair[0]))[1]

    def retold(self, draft: EventDraft, entry: Entry) -> bool:
        """Whether every sentence is a wording of this one entry, in whatever combination."""
        return {text for _, text in draft.texts()} <= self._texts[entry.written.id]

    def unknown_words(self, draft: EventDraft) -> set[str]:
        """Words that stand nowhere in the corpus: from a model that knows no others, slips."""
        words = {word for _, text in draft.texts() for word in _WORD.findall(text)}
        return words - self._words


def copied(draft: EventDraft, entry: Entry) -> bool:
    """Whether the draft is the entry's as written, word for word; leaving out a choice is no new
    draft."""
    written = entry.written.draft
    choices = {(choice.text, choice.result) for choice in written.choices}
    return (draft.title, draft.description) == (written.title, written.description) and {
        (choice.text, choice.result) for choice in draft.choices
    } <= choices


def _tellings(entry: Entry) -> list[str]:
    draft, wordings = entry.written.draft, entry.wordings
    titles, descriptions = [draft.title], [draft.description]
    if wordings is not None:
        titles += wordings.title
        descriptions += wordings.description
    return [f"{titles[0]} {description}" for description in descriptions] + [
        f"{title} {descriptions[0]}" for title in titles[1:]
    ]
