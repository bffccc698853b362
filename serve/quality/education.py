"""Education: a cloud idea that fits the situation and is explained; names alone teach nothing."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from serve.domain.event import GameEvent
from serve.domain.state import Locale
from serve.quality.knowledge import Idea, ideas
from serve.quality.lexicon import table, words
from serve.quality.misconceptions import false_lessons
from serve.quality.reason import DECISIVE, FULL, Reason

_APPEARS, _FITS, _EXPLAINED, _LIVED = 6.0, 6.0, 9.0, 4.0
"""Points for an idea: it is there, the situation asks for it, it has a why, a choice uses it."""


_LISTED = DECISIVE
"""Points for a bare list of service names."""


class Lesson(NamedTuple):
    """How well one idea is taught."""

    idea: str
    """Its id."""
    name: str
    appears: float
    fits: float
    explained: float
    lived: float

    @property
    def points(self) -> float:
        return self.appears + self.fits + self.explained + self.lived


def education(event: GameEvent, locale: Locale) -> Iterator[Reason]:
    yield from _false_lessons(event, locale)
    best = max(lessons(event, locale), key=lambda lesson: lesson.points, default=None)
    if best is None:
        yield _lost(
            FULL - 3,
            "description",
            "클라우드에서 배울 만한 개념이 보이지 않습니다.",
            "Teaches no idea of cloud architecture.",
        )
        return
    for field, text in event.texts():
        if _name_list().search(text):
            yield _lost(
                _LISTED,
                field,
                "서비스 이름을 늘어놓기만 합니다.",
                "Lists names of services instead of using them.",
            )
    for lost, field, ko, en in (
        (_FITS - best.fits, "description", "상황과 맞지 않습니다", "does not fit the situation"),
        (_EXPLAINED - best.explained, "choices", "까닭을 말하지 않습니다", "is not explained"),
        (
            _LIVED - best.lived,
            "choices",
            "선택과 결과로 이어지지 않습니다",
            "does not turn a choice",
        ),
    ):
        if lost > 0:
            yield _lost(lost, field, f"‘{best.name}’ 개념이 {ko}.", f'The idea "{best.name}" {en}.')


def _false_lessons(event: GameEvent, locale: Locale) -> Iterator[Reason]:
    """A lesson told backwards teaches worse than none: it costs the event its acceptance."""
    for field, truth in false_lessons(event, locale):
        yield _lost(
            DECISIVE,
            field,
            f"거꾸로 가르칩니다. 실제로는: {truth.ko}",
            f"Teaches the opposite of what is so: {truth.en}",
        )


def lessons(event: GameEvent, locale: Locale) -> list[Lesson]:
    """Every idea the event speaks of outside bare lists of names."""
    situation = _prose(f"{event.title}. {event.description}")
    choices = tuple(_prose(f"{choice.text}. {choice.result_text}") for choice in event.choices)
    bought = frozenset(n for choice in event.choices for n in choice.effects.add_infrastructure)
    # One look at everything rules out most ideas; a form that runs from one text into the next is none.
    everything = "\n".join((situation, *choices))
    return [
        _lesson(idea, situation, choices, bought, locale)
        for idea in ideas(locale)
        if _says(idea, everything)
        and (_says(idea, situation) or any(_says(idea, choice) for choice in choices))
    ]


def _lesson(
    idea: Idea,
    situation: str,
    choices: tuple[str, ...],
    bought: frozenset[str],
    locale: Locale,
) -> Lesson:
    asked = _says(idea, situation)
    fits = idea.when.search(situation) is not None or bool(idea.concerns & bought)
    taken = [choice for choice in choices if _says(idea, choice)]
    places = [*([situation] if asked else []), *taken]
    why = max((_explained(idea, place, locale) for place in places), default=0.0)
    # A choice taken up by the idea may be explained by the situation that asks for it.
    if taken and fits and _cause(locale).search(situation):
        why = max(why, 0.6)
    return Lesson(
        idea.id,
        idea.name,
        _APPEARS,
        _FITS if fits else 0.0,
        _EXPLAINED * why,
        _LIVED if taken else (_LIVED / 2 if asked and fits else 0.0),
    )


def _explained(idea: Idea, place: str, locale: Locale) -> float:
    """0..1: words of the idea's why, and a word of cause, in the text that speaks of it."""
    reasons = {found.group() for found in idea.why.finditer(idea.says.sub(" ", place))}
    cause = _cause(locale).search(place) is not None
    return min(0.3 * len(reasons), 0.6) + (0.4 if cause and reasons else 0.0)


def _says(idea: Idea, text: str) -> bool:
    return idea.says.search(text) is not None


@lru_cache(maxsize=1024)
def _prose(text: str) -> str:
    """The text without lists of service names, in lower case."""
    return _name_list().sub(" ", text).lower()


@cache
def _cause(locale: Locale) -> re.Pattern[str]:
    return words(table("words.yaml")["cause"][locale.value], locale)


@cache
def _name_list() -> re.Pattern[str]:
    """Three names in a row: a list, not a lesson."""
    name = f"(?:{table('words.yaml')['names']})"
    return re.compile(rf"{name}(?:\s*(?:,\s*and|,|·|/|&|\+|와|과|및|and|\s)\s*{name}){{2,}}")


def _lost(points: float, field: str, ko: str, en: str) -> Reason:
    return Reason("education", round(max(points, 0.1), 1), field, ko, en)
