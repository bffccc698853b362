"""Consistency: situation, choices, results, event type and signed effects tell one story."""

from collections.abc import Iterator

from serve.domain.balance import BalancePolicy
from serve.domain.event import Choice, GameEvent
from serve.domain.infrastructure import mentioned
from serve.domain.state import CANONICAL_INFRASTRUCTURE, GameState, Locale
from serve.quality.balance import shares
from serve.quality.claims import claims
from serve.quality.reason import Reason
from serve.quality.story import story

_UNNAMED = frozenset({"dr-configured", "multi-region"})
"""States of an architecture, which no text calls by these names."""
_UNSPOKEN = 19.0
"""Points for infrastructure brought in behind the player's back."""


def consistency(
    event: GameEvent, state: GameState, policy: BalancePolicy, locale: Locale
) -> Iterator[Reason]:
    for index, choice in enumerate(event.choices):
        where, sizes = f"choices[{index}]", shares(choice.effects, state, policy)
        for points, field, ko, en in claims(where, choice, sizes, state, locale):
            yield _lost(points, field, ko, en)
        yield from _infrastructure(where, choice, state)
    best, worst = _extremes(event, state, policy)
    for points, field, ko, en in story(event, locale, best=best, worst=worst):
        yield _lost(points, field, ko, en)


def _extremes(event: GameEvent, state: GameState, policy: BalancePolicy) -> tuple[float, float]:
    sizes = [size for choice in event.choices for size in shares(choice.effects, state, policy)]
    return max(sizes), min(sizes)


def _infrastructure(where: str, choice: Choice, state: GameState) -> Iterator[Reason]:
    effects = choice.effects
    impossible = [
        name
        for names, owned in (
            (effects.add_infrastructure, True),
            (effects.remove_infrastructure, False),
        )
        for name in names
        if name not in CANONICAL_INFRASTRUCTURE or (name in state.owned) is owned
    ]
    for name in impossible:
        yield _lost(
            8,
            f"{where}.effects",
            f"이 회사에 더하거나 뺄 수 없습니다: {name}.",
            f"This company cannot add or remove {name}.",
        )
    spoken = mentioned(choice.text) | mentioned(choice.result_text) | _UNNAMED
    for name in effects.add_infrastructure:
        if name not in spoken:
            yield _lost(
                _UNSPOKEN,
                f"{where}.text",
                f"글이 말하지 않는 인프라를 들입니다: {name}.",
                f"Brings in {name} without saying so.",
            )


def _lost(points: float, field: str, ko: str, en: str) -> Reason:
    return Reason("consistency", round(max(points, 0.1), 1), field, ko, en)
