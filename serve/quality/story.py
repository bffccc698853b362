"""Whether situation, event type, severity, choices and results belong together."""

from collections.abc import Iterator

from serve.domain.event import EventType, GameEvent, Severity
from serve.domain.state import Locale
from serve.quality.claims import Loss
from serve.quality.language import shared_terms
from serve.quality.lexicon import type_cues
from serve.quality.reason import DECISIVE

_UNRELATED = (16.0, 9.0, 2.0)
"""Points when situation and answers share none, one or two of the things they speak of."""


def story(event: GameEvent, locale: Locale, *, best: float, worst: float) -> Iterator[Loss]:
    """`best` and `worst`: the largest and smallest effect, as signed shares."""
    yield from _type(event, locale)
    yield from _severity(event, best, worst)
    yield from _answers(event, locale)


def _type(event: GameEvent, locale: Locale) -> Iterator[Loss]:
    """The situation speaks in the type's own words, or at least not in those of another type."""
    situation = type_cues(f"{event.title} {event.description}", locale)
    sure, may = situation.pop(event.event_type)
    elsewhere = max(other for other, _ in situation.values())
    if sure:
        points = 2.0 if elsewhere >= sure + 2 else 0.0
    elif may:
        points = (0.0, 3.0, 6.0)[min(elsewhere, 2)]
    else:
        points = (5.0, 9.0, 9.0, DECISIVE)[min(elsewhere, 3)]
    if points:
        yield (
            points,
            "eventType",
            "상황이 이벤트 유형과 어울리지 않습니다.",
            "The situation does not speak of this event type.",
        )


def _severity(event: GameEvent, best: float, worst: float) -> Iterator[Loss]:
    crisis = event.event_type is EventType.INFRASTRUCTURE_CRISIS
    if event.severity is Severity.POSITIVE and (crisis or best <= 0):
        points = DECISIVE if crisis else 3.0
        yield (
            points,
            "severity",
            "좋은 소식이라지만 그렇지 않습니다.",
            "Is called positive but is not.",
        )
    if event.severity is Severity.CRITICAL and worst >= 0 and not crisis:
        yield 2, "severity", "위급하다지만 잃을 것이 없습니다.", "Is critical with nothing to lose."


def _answers(event: GameEvent, locale: Locale) -> Iterator[Loss]:
    situation = f"{event.title} {event.description}"
    answers = " ".join(f"{choice.text} {choice.result_text}" for choice in event.choices)
    shared = shared_terms(situation, answers, locale)
    if shared < len(_UNRELATED):
        yield (
            _UNRELATED[shared],
            "description",
            "선택과 결과가 상황과 동떨어져 있습니다.",
            "Choices and results hardly belong to the situation.",
        )
