"""What a text says about money, users and trust, clause by clause; the words are in YAML files."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

import yaml

from serve.domain.event import EventType
from serve.domain.state import Locale

_RESOURCES = ("cash", "users", "trust")
"""In the order of `Effects.resources`."""
_SIGNS = {"up": 1, "down": -1}
_GROUPED = re.compile(r"(?<=\d),(?=\d{3})")
"""The commas of 5,000,000, which end no clause."""


class _Cue(NamedTuple):
    noun: re.Pattern[str]
    up: re.Pattern[str]
    down: re.Pattern[str]
    alone: int


class _Lexicon(NamedTuple):
    split: re.Pattern[str]
    cues: tuple[tuple[_Cue, ...], ...]
    phrases: tuple[tuple[tuple[int, re.Pattern[str]], ...], ...]


@lru_cache(maxsize=1024)
def directions(text: str, locale: Locale) -> tuple[frozenset[int], frozenset[int], frozenset[int]]:
    """The signs (1, -1) the text claims for cash, users and trust; both when it says both."""
    return _claimed(text, locale, lambda _: True)


@lru_cache(maxsize=1024)
def figures(text: str, locale: Locale) -> tuple[frozenset[int], frozenset[int], frozenset[int]]:
    """The signs claimed in clauses that hold a number."""
    return _claimed(text, locale, lambda clause: any(sign.isdigit() for sign in clause))


def _claimed(
    text: str, locale: Locale, counts: Callable[[str], bool]
) -> tuple[frozenset[int], frozenset[int], frozenset[int]]:
    lexicon = _lexicon(locale)
    found: tuple[set[int], set[int], set[int]] = (set(), set(), set())
    for clause in filter(counts, _clauses(_GROUPED.sub("", text), lexicon.split)):
        for signs, cues, phrases in zip(found, lexicon.cues, lexicon.phrases, strict=True):
            for cue in cues:
                signs.update(_signs(clause, cue))
            signs.update(sign for sign, phrase in phrases if phrase.search(clause))
    cash, users, trust = found
    return frozenset(cash), frozenset(users), frozenset(trust)


def type_cues(text: str, locale: Locale) -> dict[EventType, tuple[int, int]]:
    """How many different words of each event type the text uses: (sure ones, possible ones)."""
    return {
        kind: (_count(sure, text), _count(may, text))
        for kind, (sure, may) in _types(locale).items()
    }


def _count(pattern: re.Pattern[str], text: str) -> int:
    return len({found.group().lower() for found in pattern.finditer(text)})


def table(name: str) -> Any:
    """A YAML file of this package."""
    return yaml.safe_load((files("serve.quality") / name).read_text("utf-8"))


def words(forms: str, locale: Locale) -> re.Pattern[str]:
    """A pattern for these alternatives: whole words in English, stems in Korean."""
    return re.compile(rf"\b(?:{forms})" if locale is Locale.EN else f"(?:{forms})", re.IGNORECASE)


def _signs(clause: str, cue: _Cue) -> Iterator[int]:
    if cue.noun.search(clause) is None:
        return
    up, down = cue.up.search(clause), cue.down.search(clause)
    if up is not None:
        yield 1
    if down is not None:
        yield -1
    if up is None and down is None and cue.alone:
        yield cue.alone


def _clauses(text: str, split: re.Pattern[str]) -> Iterator[str]:
    """The text cut after each match, so that a connective stays with the verb it ends."""
    start = 0
    for found in split.finditer(text):
        yield text[start : found.end()]
        start = found.end()
    yield text[start:]


@cache
def _lexicon(locale: Locale) -> _Lexicon:
    entries = table("cues.yaml")[locale.value]
    cues: list[tuple[_Cue, ...]] = []
    phrases: list[tuple[tuple[int, re.Pattern[str]], ...]] = []
    for resource in _RESOURCES:
        nouns = [entry for entry in entries[resource] if "of" in entry]
        loose = [entry["phrases"] for entry in entries[resource] if "phrases" in entry]
        cues.append(tuple(_cue(entry, locale) for entry in nouns))
        phrases.append(
            tuple((_SIGNS[way], words(p, locale)) for entry in loose for way, p in entry.items())
        )
    return _Lexicon(re.compile(entries["split"], re.IGNORECASE), tuple(cues), tuple(phrases))


def _cue(entry: Mapping[str, str], locale: Locale) -> _Cue:
    end = r"\b" if locale is Locale.EN else ""
    noun = re.compile(words(entry["of"], locale).pattern + end, re.IGNORECASE)
    up, down = (words(entry[way], locale) for way in ("up", "down"))
    return _Cue(noun, up, down, _SIGNS.get(entry["alone"], 0))


@cache
def _types(locale: Locale) -> Mapping[EventType, tuple[re.Pattern[str], re.Pattern[str]]]:
    return {
        EventType(kind): (words(forms["sure"], locale), words(forms["may"], locale))
        for kind, forms in table("types.yaml")[locale.value].items()
    }
