"""The Korean words that may stand in a text, whatever stands between their letters."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import product
from typing import NamedTuple

from serve.domain.profanity.word import Index, Word, by_place, index, table, word

_NOT_HANGUL = re.compile(r"[^가-힣]+")
_JAMO = re.compile(r"[ㄱ-ㅣ]")
_UNIT = re.compile(r"\[([^]]+)\]|(.)")
_GAP = r"(?:(?![.,!?] )(?:[\W\d_]|[ㄱ-ㅣ]){0,3}|[a-z])"
_JAMO_GAP = r"(?:(?!,)[\W\d_]){0,2}"
_JAMO_START = "(?<![ㄱ-ㅊㅌㅍ])"
_JAMO_END = "(?![ㄱㄲㄷㄸㅂ-ㅊㅌㅍ])"
"""No other letter stands beside an abbreviation, but for laughing, weeping and endings."""


class _Words(NamedTuple):
    by_start: Index
    """By their first syllables."""
    jamo: tuple[Word, ...]
    mixed: Mapping[str, Word]
    """Those with figures or Latin letters, by how they are written."""


def korean_words(text: str) -> Iterator[Word]:
    """Every entry that may stand in the text, and some that do not."""
    words = _words()
    yield from words.by_start.of(_NOT_HANGUL.sub("", text))
    if _JAMO.search(text):
        yield from words.jamo
    yield from (mixed for form, mixed in words.mixed.items() if form in text)


@cache
def _words() -> _Words:
    by_start, jamo, mixed = dict[str, list[Word]](), list[Word](), dict[str, Word]()
    for form, entry in _forms():
        if _JAMO.search(form):
            jamo.append(entry)
        elif _NOT_HANGUL.search(form):
            mixed[form] = entry
        else:
            by_start.setdefault(form[:3], []).append(entry)
    return _Words(index(by_start, "{}"), tuple(dict.fromkeys(jamo)), mixed)


def _forms() -> Iterator[tuple[str, Word]]:
    """Every way to write every word of the table."""
    korean = table()["ko"]
    start = _start_of_word(korean["prefixes"].split())
    spread = f"(?![가-힣])|{korean['endings']}"
    for entry in korean["words"]:
        for says, within in by_place(entry):
            pattern = "|".join(map(_pattern, says))
            made = word(entry, pattern, None if within else start, spread)
            yield from ((form, made) for say in says for form in _expanded(say))


def _pattern(say: str) -> str:
    units = [f"[{any_of}]" if any_of else one for any_of, one in _UNIT.findall(say.strip("~"))]
    start = _JAMO_START if _JAMO.search(units[0]) else ""
    if re.search("[^ㄱ-ㅣ]", say):
        return start + _GAP.join(units)
    return start + _JAMO_GAP.join(units) + _JAMO_END


def _expanded(say: str) -> Iterable[str]:
    """[씨시]발 is 씨발 and 시발."""
    units = [any_of or one for any_of, one in _UNIT.findall(say.strip("~"))]
    return ("".join(letters) for letters in product(*units))


def _start_of_word(prefixes: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?:^|[^가-힣\d]|(?:^|[^가-힣])(?:{'|'.join(prefixes)}))$")
