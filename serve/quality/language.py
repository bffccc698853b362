"""How alike texts are, by characters: enough for two languages without a dictionary."""

import re
from functools import cache, lru_cache

from serve.domain.state import Locale
from serve.quality.lexicon import table

_FINAL = re.compile(r"(?:[lmn]e?|ng|[aeiou][bcdgkpt]|ck|[LMNR]|[013678])$")
"""Ends of Latin words and digits that Korean reads with a final consonant: budget, line, 7."""
_WORD = re.compile(r"[가-힣]{2,}|[A-Za-z0-9]{3,}")


@lru_cache(maxsize=1024)
def pieces(text: str, size: int = 3) -> frozenset[str]:
    """The text's character pieces, letters and digits only."""
    plain = "".join(character for character in text.lower() if character.isalnum())
    return frozenset(plain[start : start + size] for start in range(len(plain) - size + 1))


def likeness(one: str, other: str, size: int = 3) -> float:
    """0 for nothing in common, 1 for the same pieces (Jaccard)."""
    left, right = pieces(one, size), pieces(other, size)
    return len(left & right) / (len(left | right) or 1)


@lru_cache(maxsize=1024)
def terms(text: str, locale: Locale) -> frozenset[str]:
    """What the text is about: starts of Latin words, pairs of syllables; no everyday words."""
    found = _WORD.findall(text.lower())
    if locale is Locale.EN:
        return frozenset(word[:5] for word in found if word not in _everyday(locale))
    pairs = (word[at : at + 2] for word in found for at in range(len(word) - 1))
    return frozenset(pairs) - _everyday(locale)


@cache
def _everyday(locale: Locale) -> frozenset[str]:
    return frozenset(table("words.yaml")["everyday"][locale.value].split())


def shared_terms(situation: str, answers: str, locale: Locale) -> int:
    """How many things the answers speak of come from the situation."""
    return len(terms(situation, locale) & terms(answers, locale))


def with_particle(word: str, after_consonant: str, after_vowel: str) -> str:
    """The word with the Korean particle its last sound asks for: 규칙을, 자료를, access를."""
    last = word[-1:]
    closed = (ord(last) - ord("가")) % 28 > 0 if "가" <= last <= "힣" else _FINAL.search(word)
    return word + (after_consonant if closed else after_vowel)
