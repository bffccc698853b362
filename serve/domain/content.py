"""What no player may read, whoever wrote it: the content rules, on texts alone."""

import re
from collections.abc import Iterator
from functools import lru_cache

from serve.domain.state import Locale
from serve.domain.violation import Violation

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd]")
_LINK = re.compile(
    r"https?:|www\.|[A-Za-z0-9-]+\.(?:com|net|org|io|kr|xyz|gg|me|ly)\b", re.IGNORECASE
)
_PERSONAL = re.compile(
    r"[\w.+-]+@[\w-]+\.\w+|(?<!\d)01[016789][ .-]?\d{3,4}[ .-]?\d{4}(?!\d)|"
    r"(?<!\d)\d{6}-[1-4]\d{6}(?!\d)"
)
_AMOUNT = re.compile(
    r"\d[\d,.]*\s*(?:원|천만|백만|만 ?원|억|조 ?원|KRW|won\b|dollars?\b|달러)|[₩$€]\s*\d|"
    r"\d[\d,.]*\s*(?:만|천|백)?\s*명|\d[\d,.]*\s*(?:users|players|customers|trust points)\b",
    re.IGNORECASE,
)
_LEAKAGE = re.compile(
    r"<\|?(?:system|user|assistant|im_start|im_end|end)\|?>|</?s>|\[/?INST\]|"
    r"JSON ?(?:schema|스키마)|시스템 프롬프트|system prompt|언어 ?모델|language model|"
    r"\{\{|\}\}|lorem ipsum",
    re.IGNORECASE,
)
_PROFANITY = re.compile(
    r"[씨시][\s.*_~-]*[발팔빨]+(?![전행생표송]|[\s]*[전]체)(?:놈|년|아|것|\b)|"
    r"ㅅ[\s.*_-]*ㅂ|ㅆ[\s.*_-]*ㅂ|ㅂ[\s.*_-]*ㅅ|"
    r"병[\s.*_-]*신(?=[ 아같이]|$)|지[\s.*_-]*랄|개[\s.*_-]*새[\s.*_-]*끼|"
    r"좆|존나|졸라|닥쳐라|닥치고|"
    r"\bf[\s.*_-]*u[\s.*_-]*c[\s.*_-]*k|\bs[\s.*_-]*h[\s.*_-]*i[\s.*_-]*t\b|"
    r"\bbitch|\basshole|\bbastard",
    re.IGNORECASE,
)
_RULES = (
    ("content.control_character", _CONTROL, "has a control or invisible character"),
    ("content.link", _LINK, "has a link"),
    ("content.personal_data", _PERSONAL, "has personal data"),
    ("content.amount", _AMOUNT, "states an amount; the platform works amounts out per player"),
    ("content.leakage", _LEAKAGE, "speaks of the prompt or the model"),
    ("content.profanity", _PROFANITY, "swears"),
)
_HANGUL = re.compile(r"[가-힣]")
_LETTER = re.compile(r"[A-Za-z가-힣]")
_REPEAT = re.compile(r"(.{2,12}?)\1{3,}")


@lru_cache(maxsize=4096)
def content_violations(texts: tuple[tuple[str, str], ...], locale: Locale) -> tuple[Violation, ...]:
    """Every content rule broken by these (field, text) pairs, in the order of the fields."""
    return tuple(found for field, text in texts for found in _of_text(field, text, locale))


def _of_text(field: str, text: str, locale: Locale) -> Iterator[Violation]:
    for rule, pattern, message in _RULES:
        if pattern.search(text):
            yield Violation(rule, field, message)
    if _REPEAT.search(text):
        yield Violation("content.repetition", field, "repeats itself")
    letters = len(_LETTER.findall(text)) or 1
    hangul = len(_HANGUL.findall(text)) / letters
    if locale is Locale.KO and hangul < 0.3:
        yield Violation("content.language", field, "is not Korean")
    if locale is Locale.EN and hangul > 0.02:
        yield Violation("content.language", field, "is not English")
