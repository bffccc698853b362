"""The content rules on the game's own texts: none is refused, and an event costs little."""

import time
from pathlib import Path

import pytest

from serve.domain.content import content_violations
from serve.domain.profanity.word import word
from serve.domain.state import Locale
from serve.errors import ConfigurationError
from serve.models.corpus import FOLDER, read

STATIC = Path(__file__).parents[2] / "serve" / "static_events"
PLACES = {"static events": STATIC, "corpus": FOLDER}
LANGUAGE = "content.language"
"""A wording may be one English name; the whole story is what has to be in a language."""


@pytest.mark.parametrize("folder", PLACES.values(), ids=PLACES)
def test_no_text_of_the_game_is_refused(folder: Path) -> None:
    refused = [
        (text, found.rule)
        for entry in read(folder)
        for text in entry.texts()
        for found in content_violations((("text", text),), entry.locale)
        if found.rule != LANGUAGE
    ]
    assert refused == []


@pytest.mark.parametrize("locale", list(Locale))
def test_an_event_costs_little(locale: Locale) -> None:
    """Measured 0.15 to 0.25 ms for ten texts; the bound allows for a machine four times as slow."""
    entries = [entry for entry in read() if entry.locale is locale][:100]
    texts = [text for entry in entries for text in entry.written.draft.texts()]
    content_violations(tuple(texts[:10]), locale)  # the tables are read once
    costs = list[float]()
    for first in range(0, len(texts), 10):
        event = tuple(texts[first : first + 10])
        content_violations.cache_clear()
        start = time.process_time()
        content_violations(event, locale)
        costs.append(time.process_time() - start)
    assert sorted(costs)[len(costs) // 2] < 0.001


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"say": "말", "afer": "놈"}, "words.yaml: 말: no field afer"),
        ({"say": "말", "after": "(놈"}, "words.yaml: 말: after: missing \\), unterminated"),
    ],
)
def test_a_fault_in_the_table_names_the_entry(entry: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        word(entry, "말", None, "")
