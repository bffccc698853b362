"""Whether situation, event type, severity, choices and results belong together."""

from collections.abc import Iterator
from itertools import permutations

from serve.domain.event import EventType, GameEvent, Severity
from serve.domain.state import Locale
from serve.quality.claims import Loss
from serve.quality.language import shared_terms
from serve.quality.lexicon import type_cues

_UNRELATED = (16.0, 9.0, 2.0)
"""Points when situation and answers share none, one or two of the things they speak of."""
_OTHER_TYPE = 19.0
"""Points when the situation has several words of another type and none of its own."""
_GOOD_OUTAGE = 19.0
"""Points for a crisis called good news: a player sees it at once, a person should look."""
_MISPLACED = 2.5
"""Points for each thing more that results share with choices in another order."""


def story(event: GameEvent, locale: Locale, *, best: float, worst: float) -> Iterator[Loss]:
    """`best` and `worst`: the largest and smallest effect, as signed shares."""
    yield from _type(event, locale)
    yield from _severity(event, best, worst)
    yield from _answers(event, locale)
    yield from _order(event, locale)


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
        points = (5.0, 9.0, 9.0, _OTHER_TYPE)[min(elsewhere, 3)]
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
        points = _GOOD_OUTAGE if crisis else 3.0
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


def _order(event: GameEvent, locale: Locale) -> Iterator[Loss]:
    """Each result follows from its own choice, not from a neighbour's."""
    shared = [
        [shared_terms(one.text, other.result_text, locale) for other in event.choices]
        for one in event.choices
    ]
    places = range(len(shared))
    own = sum(shared[place][place] for place in places)
    best = max(
        sum(shared[place][order[place]] for place in places) for order in permutations(places)
    )
    if best > own:
        yield (
            min(_MISPLACED * (best - own), 10.0),
            "choices",
            "결과가 제 선택이 아니라 다른 선택의 말을 잇습니다.",
            "Results speak of another choice than their own.",
        )
