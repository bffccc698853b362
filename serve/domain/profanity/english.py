"""The English words that may stand in a text, with look-alikes for letters and marks between."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from serve.domain.profanity.word import Index, Word, by_place, index, table, word

_LOOKS = {
    "a": "a4@", "b": "b8", "e": "e3*", "g": "g9", "i": "i1!|l*", "l": "l1|", "o": "o0*",
    "s": "s5$z", "t": "t7+", "u": "uv*",
}  # fmt: skip
_LATIN = re.compile("[a-z]")
_MARK = re.compile(r"[\d@$*#|+!]")
_DISGUISED = re.compile(r"[a-z][\d@$!*#|+]+[a-z*]|(?<![a-z\d])[@$5](?=[a-z\d]{2})|[a-z][@$*]{2}")
"""Letters with look-alikes among them; such a text has a `_MARK`."""
_ONE_BY_ONE = re.compile(r"[a-z@$!](?<![a-z\d].)[\W_]{1,2}[a-z\d@$!][\W_]{1,2}[a-z](?![a-z])")
_INNER_MARKS = re.compile(r"[^\w\s](?<=[a-z].)[^\w\s]?(?=[a-z])|_(?=[a-z])")
_START = re.compile(r"(?:^|[^a-z\d])$")


class _Words(NamedTuple):
    by_start: Index
    """By their first four letters, where a word begins."""
    inner: Mapping[str, Word]
    """Those caught inside words too, by how they are written."""
    disguised: tuple[Word, ...]
    """All of them, with look-alikes, doubled letters, and letters one by one."""


def english_words(text: str, stretched: bool) -> Iterator[Word]:
    """Every entry that may stand in the text; of a `stretched` one letters were taken out."""
    if not _LATIN.search(text):
        return
    words = _words()
    if stretched or _ONE_BY_ONE.search(text) or (_MARK.search(text) and _DISGUISED.search(text)):
        yield from words.disguised
        return
    yield from words.by_start.of(text)
    if _INNER_MARKS.search(text):
        yield from words.by_start.of(_INNER_MARKS.sub("", text))
    for form, inner in words.inner.items():
        if form in text:
            yield inner


@cache
def _words() -> _Words:
    by_start, inner, disguised = dict[str, list[Word]](), dict[str, Word](), list[Word]()
    for entry in table()["en"]["words"]:
        for says, within in by_place(entry):
            start = None if within else _START
            plain = word(entry, "|".join(map(_plain, says)), start, spread="")
            disguised.append(word(entry, "|".join(map(_disguised, says)), start, spread=""))
            for say in says:
                by_start.setdefault(say.strip("~")[:4], []).append(plain)
                if within:
                    inner[say.strip("~")] = plain
    return _Words(index(by_start, r"(?<![a-z\d])(?:{})"), inner, tuple(disguised))


def _plain(say: str) -> str:
    return r"[^\w\s]{0,2}_?".join(map(re.escape, say.strip("~"))) + _end(say)


def _disguised(say: str) -> str:
    first, *rest = (f"[{re.escape(_LOOKS.get(letter, letter))}]" for letter in say.strip("~"))
    close = "".join(rf"[^\w\s]{{0,2}}_?{unit}{{1,2}}" for unit in rest[:-1])
    close = rf"{first}?{close}[^\w\s]{{0,2}}_?{rest[-1]}{_end(say)}"
    apart = "".join(rf"[\W_]{{1,2}}{unit}" for unit in rest)
    return rf"{first}(?:{close}|(?<![a-z\d].){apart}(?![a-z\d]))"


def _end(say: str) -> str:
    return "" if say[-1] == "~" else r"(?![a-z\d])"
