"""How alike texts are, by characters: enough for two languages without a dictionary."""

import re
from functools import lru_cache

from serve.domain.state import Locale

_WORD = re.compile(r"[가-힣]{2,}|[A-Za-z0-9]{3,}")
_COMMON_EN = frozenset(
    "the and for with that this from its our are was were will has have had but not all any one "
    "two out more some many than then they their them there who what when where which while into "
    "over new now only just each every users user customers customer cost costs money cash trust "
    "bring brings comes came grow grew rise rose earns earn win wins won leave left keep take "
    "team company service first before after also a lot".split()
)
_COMMON_KO = frozenset(
    "비용 고객 신뢰 믿음 이용 용자 가입 손님 들었 었지 지만 습니 니다 었습 았습 늘었 크게 조금 있습 없습 합니 입니 "
    "했습 우리 서비 비스 것이 것은 아꼈 떠났 얻었 올랐 에서 으로 에게 까지 부터 마다 하는 있는 없는 하고 했지 현금 "
    "커졌 줄었 이고 그대 대로 만큼 모두 먼저 다시 한다 하지 않고 않았 됩니 되고 회사".split()
)


@lru_cache(maxsize=8192)
def pieces(text: str, size: int = 3) -> frozenset[str]:
    """The text's character pieces, letters and digits only."""
    plain = "".join(character for character in text.lower() if character.isalnum())
    return frozenset(plain[start : start + size] for start in range(len(plain) - size + 1))


def likeness(one: str, other: str, size: int = 3) -> float:
    """0 for nothing in common, 1 for the same pieces (Jaccard)."""
    left, right = pieces(one, size), pieces(other, size)
    return len(left & right) / (len(left | right) or 1)


@lru_cache(maxsize=8192)
def terms(text: str, locale: Locale) -> frozenset[str]:
    """What the text is about: word starts in English, pairs of syllables in Korean; no everyday words."""
    words = _WORD.findall(text.lower())
    if locale is Locale.EN:
        return frozenset(word[:5] for word in words if word not in _COMMON_EN)
    pairs = (word[at : at + 2] for word in words for at in range(len(word) - 1))
    return frozenset(pairs) - _COMMON_KO


def shared_terms(situation: str, answers: str, locale: Locale) -> int:
    """How many things the answers speak of come from the situation."""
    return len(terms(situation, locale) & terms(answers, locale))
