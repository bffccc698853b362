"""What no player may read, whoever wrote it: the content rules, on texts alone.

Each rule is a question to one text. Those in modules of their own read the text folded: in lower
case, without the disguises that look-alike letters are.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from unicodedata import category

from serve.domain.folding import fold
from serve.domain.leakage import leaks
from serve.domain.links import has_link
from serve.domain.personal_data import has_personal_data
from serve.domain.profanity import swears
from serve.domain.state import Locale
from serve.domain.violation import Violation

_PLAIN = re.compile(r"[\x20-\x7e가-힣·…–—→’‘“”]*")
"""Texts of nothing else have nothing to hide: nearly all of them."""
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode's categories of what has no shape of its own."""
_BLANK = re.compile(
    r"[\u034f\u115f\u1160\u2800\u3164\ufe00-\ufe0f\uffa0\ufffd\U000e0100-\U000e01ef]"
)
_AMOUNT = re.compile(
    r"[\d₩$€](?:(?<=[₩$€])\s*\d|(?<=\d)[,.]*\s*(?:"
    r"원|천만|백만|만 ?원|억|조 ?원|KRW|(?:[mb]illion )?won\b|(?:[mb]illion )?dollars?\b|달러|"
    r"(?:만|천|백)?\s*명|(?:users|players|customers|trust points)\b))",
    re.IGNORECASE,
)
_FOLDED: tuple[tuple[str, Callable[[str], bool], str], ...] = (
    ("content.link", has_link, "has a link"),
    ("content.personal_data", has_personal_data, "has personal data"),
    ("content.leakage", leaks, "speaks of the prompt or the model"),
    ("content.profanity", swears, "swears"),
)
_NOT_HANGUL = re.compile(r"[^가-힣]+")
_NOT_LETTERS = re.compile(r"[^A-Za-z가-힣]+")
_FOREIGN = re.compile(r"[^\W\d_A-Za-z\u00c0-\u024f가-힣ㄱ-ㆎ]")
"""Letters that neither language is written in; a name in a text may have some."""
_REPEAT = re.compile(r"(.{2,12}?)\1{3,}")


@lru_cache(maxsize=4096)
def content_violations(texts: tuple[tuple[str, str], ...], locale: Locale) -> tuple[Violation, ...]:
    """Every content rule broken by these (field, text) pairs, in the order of the fields."""
    return tuple(found for field, text in texts for found in _of_text(field, text, locale))


def _of_text(field: str, text: str, locale: Locale) -> Iterator[Violation]:
    plain = _PLAIN.fullmatch(text) is not None
    if not plain and _hides(text):
        yield Violation("content.control_character", field, "has a control or invisible character")
    if _AMOUNT.search(text):
        message = "states an amount; the platform works amounts out per player"
        yield Violation("content.amount", field, message)
    folded = fold(text)
    for rule, broken, message in _FOLDED:
        if broken(folded):
            yield Violation(rule, field, message)
    if _repeats(text):
        yield Violation("content.repetition", field, "repeats itself")
    hangul = 0 if text.isascii() else len(_NOT_HANGUL.sub("", text))
    if locale is Locale.KO and hangul < 0.3 * len(text) and hangul < 0.3 * _letters(text):
        yield Violation("content.language", field, "is not Korean")
    if not plain and len(_FOREIGN.findall(text)) > 0.1 * sum(map(str.isalpha, text)):
        yield Violation("content.language", field, "is in the letters of another language")
    if locale is Locale.EN and hangul > 0.02 * _letters(text):
        yield Violation("content.language", field, "is not English")


def _hides(text: str) -> bool:
    return any(category(sign) in _UNSEEN for sign in text) or _BLANK.search(text) is not None


def _letters(text: str) -> int:
    return len(_NOT_LETTERS.sub("", text)) or 1


def _repeats(text: str) -> bool:
    # In four times the same two to twelve characters, four of every third place come again within sixteen.
    starts = range(0, len(text) - 7, 3)
    again = any(text[start : start + 4] in text[start + 2 : start + 16] for start in starts)
    return again and _REPEAT.search(text) is not None
