"""A text as the content rules read it: disguises of letters taken off, words left where they are."""

import re
import unicodedata

_PLAIN = re.compile(r"[\x00-\x7e가-힣’‘“”·…–—→₩]*")
"""Texts of nothing else are only put in lower case: nearly all of them."""
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u034f\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u2069\u3164\ufe00-\ufe0f\ufeff\uffa0]"
)
_NO_JAMO = re.compile(r"[^ㄱ-ㅣ]+")
_SPELT = re.compile(r"([ㄱ-ㅎ])([ㅏ-ㅟㅡ-ㅣ])(?!\2)([ㄱ-ㅎ](?![ㅏ-ㅣ]))?")
"""Letters of one syllable in a row; ㅠ and doubled vowels are weeping, not spelling."""
_ACCENTS = re.compile(r"[\u0300-\u036f]")
_ACCENTED = re.compile(r"[\u00c0-\u036f]")
_LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_TAILS = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_VOWELS = "".join(map(chr, range(ord("ㅏ"), ord("ㅣ") + 1)))
_JAMO = str.maketrans(
    dict(zip(map(chr, range(0x1100, 0x1113)), _LEADS, strict=True))
    | dict(zip(map(chr, range(0x1161, 0x1176)), _VOWELS, strict=True))
    | dict(zip(map(chr, range(0x11A8, 0x11C3)), _TAILS, strict=True))
    | dict(zip(map(chr, range(0xFFA1, 0xFFBF)), map(chr, range(0x3131, 0x314F)), strict=True))
    | dict(zip("ￂￃￄￅￆￇￊￋￌￍￎￏￒￓￔￕￖￗￚￛￜ", _VOWELS, strict=True))
    | {"\u1121": "ㅄ"}
)
"""Conjoining and half-width jamo to the ones a keyboard writes."""
_FOREIGN = str.maketrans(
    "авекмнорстухіѕјԁɡαβεικνορτυχ",  # Cyrillic and Greek letters that look Latin
    "abekmhopctyxisjdgabeikvoptux",
)


def fold(text: str) -> str:
    """Lower case, wide and accented and foreign look-alikes made plain, jamo put together."""
    if _PLAIN.fullmatch(text):
        return text.lower()
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text)).translate(_JAMO)
    text = _NO_JAMO.sub(_compatible, text).lower().translate(_FOREIGN)
    return _SPELT.sub(_syllable, text)


def _compatible(found: re.Match[str]) -> str:
    text = unicodedata.normalize("NFKC", found.group())
    if not _ACCENTED.search(text):
        return text
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFC", bare)


def _syllable(found: re.Match[str]) -> str:
    lead, vowel, tail = found.groups(default="")
    if lead not in _LEADS:
        return found.group()
    final = _TAILS.find(tail) + 1 if tail else 0
    code = 0xAC00 + (_LEADS.index(lead) * 21 + _VOWELS.index(vowel)) * 28 + final
    return chr(code) + (tail if tail and not final else "")
