"""False lessons: texts that say a practice does the opposite of what it does.

Only the situation and the results are read: they tell what is so. What a choice's own text hopes
for is an intention, and a wrong one may be what the choice is there to show.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from serve.domain.event import GameEvent
from serve.domain.state import Locale
from serve.quality.misconceptions import english, korean
from serve.quality.misconceptions.relations import (
    Claim,
    Practice,
    Relation,
    Truth,
    claims,
    practices,
)

_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_READERS = {Locale.KO: korean, Locale.EN: english}
_CLAIM_DENIED = {
    Locale.KO: re.compile(r"[^.]{0,12}(?:없|않|못|안 )"),
    Locale.EN: re.compile(r"[^.]{0,12}\b(?:not|never|cannot|no)\b"),
}


def false_lessons(event: GameEvent, locale: Locale) -> Iterator[tuple[str, Truth]]:
    """(field, what is really so) for every text that tells a lesson backwards, its first one."""
    told = [("description", event.description)]
    told += [(f"choices[{n}].resultText", c.result_text) for n, c in enumerate(event.choices)]
    for field, text in told:
        truths = misconceptions(text, locale)
        if truths:
            yield field, truths[0]


@lru_cache(maxsize=1024)
def misconceptions(text: str, locale: Locale) -> tuple[Truth, ...]:
    """What the text tells backwards, as the true statements, each once."""
    meant = _meant(text, locale)
    if not meant:
        return ()
    found = (truth for part in _SENTENCE.split(text) for truth in _told(part, meant, locale))
    return tuple(dict.fromkeys(found))


def _told(sentence: str, entries: list[Practice | Claim], locale: Locale) -> Iterator[Truth]:
    """The false lessons of one sentence, unless it tells what someone thinks or asks."""
    reader, low = _READERS[locale], sentence.lower()
    meant = [entry for entry in entries if any(hint in low for hint in entry.hints)]
    if not meant or reader.UNSAID.search(sentence):
        return
    parts = reader.cut(sentence)
    for entry in meant:
        if isinstance(entry, Claim):
            said = entry.says.search(sentence)
            if said and _CLAIM_DENIED[locale].match(sentence, said.end()) is None:
                yield entry.truth
        else:
            for way, conceded, told in reader.readings(entry, parts):
                yield from _backwards(entry, way, conceded, told, locale)


def _meant(text: str, locale: Locale) -> list[Practice | Claim]:
    """What the text may speak of, by its letters alone: quick, and sure to leave nothing out."""
    low = text.lower()
    entries, hints = _sought(locale)
    return [entries[place] for place in sorted({at for hint, at in hints if hint in low})]


@cache
def _sought(locale: Locale) -> tuple[tuple[Practice | Claim, ...], tuple[tuple[str, int], ...]]:
    entries = (*practices(locale), *claims(locale))
    hints = ((hint, place) for place, entry in enumerate(entries) for hint in entry.hints)
    return entries, tuple(dict.fromkeys(hints))


def _backwards(
    practice: Practice, way: int, conceded: bool, told: list[str], locale: Locale
) -> Iterator[Truth]:
    for relation in practice.relations:
        if relation.only in {0, way} and _contradicted(relation, way, conceded, told, locale):
            yield relation.truth


def _contradicted(
    relation: Relation, way: int, conceded: bool, told: list[str], locale: Locale
) -> bool:
    """Whether the effect is told the wrong way round for a practice put this way."""
    if relation.of and not any(relation.of.search(text) for text in told):
        return False
    signs = {sign for text in told for sign in _signs(relation, text, locale)}
    if conceded:
        return relation.even and way == -1 and signs == {1}
    return signs == {-way * relation.sign}


def _signs(relation: Relation, text: str, locale: Locale) -> Iterator[int]:
    """1 for better, -1 for worse, as often as the text says so."""
    turned = _READERS[locale].turned
    spans: list[tuple[int, int]] = []
    for found in relation.good.finditer(text):
        spans.append(found.span())
        yield -1 if turned(text, found) else 1
    for found in relation.bad.finditer(text):
        # "More errors were found early" is good news, though it begins with "more errors".
        if not any(start < found.end() and found.start() < end for start, end in spans):
            yield 1 if turned(text, found) else -1
