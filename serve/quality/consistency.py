"""Consistency: situation, choices, results, event type and signed effects tell one story."""

from collections.abc import Iterator

from serve.domain.balance import BalancePolicy
from serve.domain.event import Choice, EventType, GameEvent, Severity
from serve.domain.infrastructure import mentioned
from serve.domain.state import CANONICAL_INFRASTRUCTURE, GameState, Locale
from serve.quality.balance import shares
from serve.quality.language import shared_terms
from serve.quality.lexicon import RESOURCES, directions, type_cues
from serve.quality.reason import Reason

_KO = {"cash": "현금", "users": "이용자", "trust": "신뢰"}
_LARGE = {"cash": 0.3, "users": 0.3, "trust": 0.5}
"""Share of the band from which an effect should be spoken of."""
_UNRELATED = (13.0, 7.0, 2.0)
"""Points when situation and answers share none, one or two of the things they speak of."""
_EMPTY_CLAIM = {"cash": 0.5, "users": 1.5, "trust": 1.5}
"""Points for a claim without an effect; "it cost nothing" reads as one about cash, and is none."""


def consistency(
    event: GameEvent, state: GameState, policy: BalancePolicy, locale: Locale
) -> Iterator[Reason]:
    for index, choice in enumerate(event.choices):
        yield from _effects(f"choices[{index}]", choice, state, policy, locale)
        yield from _infrastructure(f"choices[{index}]", choice, state)
    yield from _type(event, locale)
    yield from _severity(event, state, policy)
    yield from _story(event, locale)


def _effects(
    where: str, choice: Choice, state: GameState, policy: BalancePolicy, locale: Locale
) -> Iterator[Reason]:
    """Each resource: what the result claims (or else the choice itself) against the signed effect."""
    told = directions(choice.result_text, locale)
    meant = directions(choice.text, locale)
    sizes = shares(choice.effects, state, policy)
    # At the limits an effect may be zero whatever the text says: nothing left to lose or to gain.
    impossible = ((), (-1,) if state.users == 0 else (), (1,) if state.trust == 100 else ())
    for name, result, text, size, no in zip(
        RESOURCES, told, meant, sizes, impossible, strict=True
    ):
        sign = (size > 0) - (size < 0)
        field = f"{where}.resultText"
        ko, en = _KO[name], name
        if sign and result == {-sign}:
            yield _lost(
                4 + 3 * min(abs(size), 1) + (0 if sign in text else 1),
                field,
                f"결과 글이 말하는 {ko}의 방향이 실제 효과와 반대입니다.",
                f"The result says the opposite of what happens to {en}.",
            )
        elif sign and not result and text == {-sign}:
            yield _lost(
                3,
                f"{where}.text",
                f"선택이 말하는 {ko}의 방향이 실제 효과와 반대입니다.",
                f"The choice says the opposite of what happens to {en}.",
            )
        elif sign and not result and not text:
            yield _lost(
                2.5 if abs(size) >= _LARGE[name] else 0.7,
                field,
                f"{ko}이(가) 왜 바뀌는지 말하지 않습니다.",
                f"Does not say why {en} changes.",
            )
        elif not sign and len(result) == 1 and not result & set(no):
            yield _lost(
                _EMPTY_CLAIM[name],
                field,
                f"{ko}이(가) 바뀐다고 하지만 효과가 없습니다.",
                f"Claims a change of {en} that does not happen.",
            )


def _infrastructure(where: str, choice: Choice, state: GameState) -> Iterator[Reason]:
    effects, field = choice.effects, f"{where}.effects"
    for name in (*effects.add_infrastructure, *effects.remove_infrastructure):
        adding = name in effects.add_infrastructure
        if name not in CANONICAL_INFRASTRUCTURE or adding == (name in state.owned):
            yield _lost(
                8,
                field,
                f"{name}은(는) 이 회사에 더하거나 뺄 수 없습니다.",
                f"This company cannot add or remove {name}.",
            )
    spoken = mentioned(choice.text) | mentioned(choice.result_text)
    for name in effects.add_infrastructure:
        if name not in spoken and name not in ("dr-configured", "multi-region"):
            yield _lost(
                3,
                f"{where}.text",
                f"{name}을(를) 들이면서 글은 말하지 않습니다.",
                f"Brings in {name} without saying so.",
            )


def _type(event: GameEvent, locale: Locale) -> Iterator[Reason]:
    """The situation speaks in the type's own words, or at least not in those of another type."""
    situation = type_cues(f"{event.title} {event.description}", locale)
    sure, may = situation.pop(event.event_type)
    elsewhere = max(other for other, _ in situation.values())
    if sure:
        points = 2.0 if elsewhere >= sure + 2 else 0.0
    elif may:
        points = (0.0, 3.0, 6.0)[min(elsewhere, 2)]
    else:
        points = 9.0 if elsewhere else 5.0
    if points:
        yield _lost(
            points,
            "eventType",
            "상황이 이벤트 유형과 어울리지 않습니다.",
            "The situation does not speak of this event type.",
        )


def _severity(event: GameEvent, state: GameState, policy: BalancePolicy) -> Iterator[Reason]:
    worst = min(min(shares(choice.effects, state, policy)) for choice in event.choices)
    best = max(max(shares(choice.effects, state, policy)) for choice in event.choices)
    crisis = event.event_type is EventType.INFRASTRUCTURE_CRISIS
    if event.severity is Severity.POSITIVE and (crisis or best <= 0):
        yield _lost(
            3, "severity", "좋은 소식이라지만 그렇지 않습니다.", "Is called positive but is not."
        )
    if event.severity is Severity.CRITICAL and worst >= 0 and not crisis:
        yield _lost(
            2, "severity", "위급하다지만 잃을 것이 없습니다.", "Is critical with nothing to lose."
        )


def _story(event: GameEvent, locale: Locale) -> Iterator[Reason]:
    situation = f"{event.title} {event.description}"
    answers = " ".join(f"{choice.text} {choice.result_text}" for choice in event.choices)
    shared = shared_terms(situation, answers, locale)
    if shared < len(_UNRELATED):
        yield _lost(
            _UNRELATED[shared],
            "description",
            "선택과 결과가 상황과 동떨어져 있습니다.",
            "Choices and results hardly belong to the situation.",
        )


def _lost(points: float, field: str, ko: str, en: str) -> Reason:
    return Reason("consistency", round(max(points, 0.1), 1), field, ko, en)
