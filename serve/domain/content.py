"""What no player may read, whoever wrote it: the content rules, on texts alone.

Each rule is a question to one text. Those in modules of their own read the text folded: in lower
case, without the disguises that look-alike letters are.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from serve.domain.folding import fold
from serve.domain.leakage import leaks
from serve.domain.links import has_link
from serve.domain.personal_data import has_personal_data
from serve.domain.profanity import swears
from serve.domain.state import Locale
from serve.domain.violation import Violation

_CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u00ad\u034f\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069"
    r"\u3164\ufeff\uffa0\ufffd]"
)
_AMOUNT = re.compile(
    r"[\d₩$€](?:(?<=[₩$€])\s*\d|(?<=\d)[,.]*\s*(?:"
    r"원|천만|백만|만 ?원|억|조 ?원|KRW|won\b|dollars?\b|달러|"
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
_REPEAT = re.compile(r"(.{2,12}?)\1{3,}")


@lru_cache(maxsize=4096)
def content_violations(texts: tuple[tuple[str, str], ...], locale: Locale) -> tuple[Violation, ...]:
    """Every content rule broken by these (field, text) pairs, in the order of the fields."""
    return tuple(found for field, text in texts for found in _of_text(field, text, locale))


def _of_text(field: str, text: str, locale: Locale) -> Iterator[Violation]:
    if _CONTROL.search(text):
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
    if locale is Locale.EN and hangul > 0.02 * _letters(text):
        yield Violation("content.language", field, "is not English")


def _letters(text: str) -> int:
    return len(_NOT_LETTERS.sub("", text)) or 1


def _repeats(text: str) -> bool:
    # In four times the same two to twelve characters, four of every third place come again within sixteen.
    starts = range(0, len(text) - 7, 3)
    again = any(text[start : start + 4] in text[start + 2 : start + 16] for start in starts)
    return again and _REPEAT.search(text) is not None
