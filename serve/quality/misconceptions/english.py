"""Who does what in an English sentence: a practice taken up or given up, a negation."""

import re
from collections.abc import Iterator

from serve.quality.misconceptions.relations import Practice

UNSAID = re.compile(
    r"\?|\b(?:thought|thinks?|believ\w+|hop(?:e|ed|ing)|expect\w*|assum\w+|claim\w*|said|says|saying|argu\w+"
    r"|wrong (?:that|to)|myth|mistake to|not true|untrue|whether|would|could have|might have|if only|seem\w*"
    r"|suppos\w+|pretend\w*|promis\w+|luckily|by luck|(?:as|with) (?:hardly|few|nobody|little))\b",
    re.IGNORECASE,
)
"""A sentence that tells what someone thinks, asks or denies tells no lesson."""

_CONTRAST = re.compile(
    r"\b(?:but|though|although|however|yet|despite|while|whereas|until|unless|except|instead|only then)\b",
    re.IGNORECASE,
)
_PRESUPPOSED = re.compile(
    r"though|although|despite|while|whereas|until|unless|except", re.IGNORECASE
)
_EVEN = re.compile(r"\beven (?:with|without|if|when|after)\b", re.IGNORECASE)
_OTHER_CAUSE = re.compile(
    r";|, and (?:a|an|the)\b|\b(?:then|because|thanks to|since|due to|after|as we|by \w+ing|only (?:the|a)"
    r"|and (?:we |then |they )*(?:bought|added|hired|moved|rented|doubled|put|built|wrote))\b",
    re.IGNORECASE,
)
_WHEN = re.compile(r"\b(?:when|whenever|if|once|as soon as)\b[^,;]*", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;:—]|\bso\b")
_GIVEN_UP = re.compile(
    r"\b(?:without|no|lack of|lacking|remov\w+|delet\w+|skip\w*|dropp?\w*|disabl\w+|lift\w+|throw\w+|threw"
    r"|clos(?:e|ed|ing)|abandon\w+|scrapp?\w+|cancel\w+|pull\w+|cut\w* out|giving up|gave up|stopp?\w*"
    r"|end\w+|mut\w+|get\w* rid of|got rid of"
    r"|tak(?:e|ing|en) (?:out|away|down|off)|took (?:out|away|down)|turn\w* off|switch\w* off"
    r"|(?:not|never|n't) \w+)\s+(?:[\w'-]+\s+){0,3}$",
    re.IGNORECASE,
)
_APART = re.compile(
    r"\b(?:tak\w+|took|turn\w*|switch\w*|throw\w*|threw|shut\w*|pull\w*|with)\s+(?:\w+\s+){0,3}$",
    re.IGNORECASE,
)
_AWAY = re.compile(r"\s(?:\w+ )?(?:off|away|out|down)\b", re.IGNORECASE)
_GONE = re.compile(
    r"\s(?:(?:is|was|were|are|had been|being|has been) )?(?:switched off|turned off|taken (?:away|down|out)"
    r"|removed|disabled|dropped|deleted|skipped|lifted|muted|gone|went|missing|off)\b",
    re.IGNORECASE,
)
_TAKEN_UP = re.compile(
    r"(?:^|\b(?:with|add\w*|us(?:e|ed|ing)|put\w*|introduc\w*|turn\w*|switch\w*|thanks to|install\w*|enabl\w*"
    r"|creat\w*|having|ha[sd]|have|keep\w*|kept|set\w*|build\w*|built|bring\w*|brought|buy\w*|bought|wrote"
    r"|writ\w*|because of|running|run|through|by|on|in|to|into|mov\w+|because|since|as|when|and))\s*"
    r"(?:\b(?:the|a|an|our|its|new|read|this|every|each|two|daily|all|some|good|second|there was|is"
    r"|\w+-\w+)\b\s*){0,3}$",
    re.IGNORECASE,
)
_NOT_IT = re.compile(
    r"\b(?:from|one of|each of|both of|not|never|no longer|instead of|rather than|avoid\w*|stopp?\w*|unused"
    r"|noisy|useless|stale|old|unneeded|false|instead)\s+(?:[\w'-]+\s+){0,2}$",
    re.IGNORECASE,
)
_NOT_ALONE = re.compile(
    r"\s(?:(?:and|or|plus|with) (?:the\b|a\b|an\b|our\b|\w+ing\b)|(?:was|were|is|are|lagged|failed|broke"
    r"|fell|filled|grew|rose|ran|overflowed|expired|became|took)\b)",
    re.IGNORECASE,
)
"""The practice shares what follows with another cause, or is itself what is spoken of."""
_USELESS = re.compile(
    r"\b(?:unused|noisy|useless|stale|old|unneeded|false|duplicate|broken)\s+$", re.IGNORECASE
)
_DENIED = re.compile(
    r"(?:\b(?:not|never|no|nobody|none|hardly|cannot|without|nothing|no one|far from)|n't)"
    r"\s+(?:[\w'-]+\s+){0,5}$",
    re.IGNORECASE,
)
_WITHIN = re.compile(r"\b(?:never|hardly|no longer)\b", re.IGNORECASE)
_NOTHING = re.compile(r"\s(?:nothing|nobody|no one|none|no)\b", re.IGNORECASE)
_LED_BY = re.compile(
    r"\b(?:because|since|thanks to|after|by|once|as|with|without|when|now that)\b", re.IGNORECASE
)
_REACH = 45
"""Letters before a practice within which its verb is sought."""


def readings(practice: Practice, parts: list[str]) -> Iterator[tuple[int, bool, list[str]]]:
    """(1 taken up or -1 given up, conceded, where an effect would be told)."""
    for part in parts:
        sign, start, end = _way(practice, part)
        if sign:
            yield sign, _EVEN.search(part) is not None, list(_consequences(part, start, end))


def turned(text: str, found: re.Match[str]) -> bool:
    """Whether a negation beside these words turns them round."""
    denied = _DENIED.search(text[: found.start()]) or _WITHIN.search(found.group())
    return (denied is not None) is not (_NOTHING.match(text, found.end()) is not None)


def cut(sentence: str) -> list[str]:
    """The sentence cut where it turns, without what it merely admits."""
    return list(_parts(sentence))


def _parts(sentence: str) -> Iterator[str]:
    start, admitted = 0, False
    for found in _CONTRAST.finditer(sentence):
        if not admitted:
            yield sentence[start : found.start()].strip()
        start, admitted = found.end(), _PRESUPPOSED.match(found.group()) is not None
    if not admitted:
        yield sentence[start:].strip()


def _consequences(part: str, start: int, end: int) -> Iterator[str]:
    """What follows the practice up to another cause; what precedes it, if it is given as cause."""
    yield _WHEN.sub(" ", _OTHER_CAUSE.split(part[end:])[0])
    causes = list(_LED_BY.finditer(part, 0, start))
    if causes and causes[-1].start() > 0 and start - causes[-1].start() < _REACH:
        yield part[: causes[-1].start()]


def _way(practice: Practice, part: str) -> tuple[int, int, int]:
    """(the way the part puts the practice, 0 for neither; where its words start and end)."""
    said = practice.said(part)
    if said:
        sign, found = said
        return _explicit(sign, part[: found.start()]), found.start(), found.end()
    found = practice.named.search(part) if practice.named else None
    if found is None:
        return 0, 0, 0
    before = _CLAUSE.split(part[max(found.start() - _REACH, 0) : found.start()])[-1].lstrip()
    return _verb(before, part[found.end() :]), found.start(), found.end()


def _explicit(sign: int, before: str) -> int:
    """The way of a form that names one, unless the words before it turn or undo it."""
    if _GIVEN_UP.search(before):
        return -sign
    return 0 if _NOT_IT.search(before) else sign


def _verb(before: str, after: str) -> int:
    """The way the words around a practice put it."""
    if _GONE.match(after):
        return -1
    if _USELESS.search(before) or _NOT_ALONE.match(after):
        return 0
    if _GIVEN_UP.search(before):
        return -1
    if _APART.search(before) and _AWAY.match(after):
        return -1
    if _NOT_IT.search(before):
        return 0
    return 1 if _TAKEN_UP.search(before) else 0
