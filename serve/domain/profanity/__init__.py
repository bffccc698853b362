"""Swearing in a folded text, Korean and English; a moderator's table is `words.yaml`."""

import re

from serve.domain.profanity.english import english_words
from serve.domain.profanity.korean import korean_words

__all__ = ["swears"]

_STRETCHED = re.compile(r"([a-z])\1{2,}")


def swears(text: str) -> bool:
    """Whether a folded text swears, in either language."""
    short = _STRETCHED.sub(r"\1\1", text)
    if any(word.stands_in(short) for word in korean_words(short)):
        return True
    return any(word.stands_in(short) for word in english_words(short, stretched=short != text))


swears("a")  # reads the table as the module loads: a fault in it stops the start, not a player
