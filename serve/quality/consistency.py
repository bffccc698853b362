"""Consistency: situation, choices, results, event type and signed effects tell one story."""

import re
from collections.abc import Iterable, Iterator

from serve.domain.balance import BalancePolicy
from serve.domain.event import Choice, GameEvent
from serve.domain.infrastructure import mentioned
from serve.domain.state import CANONICAL_INFRASTRUCTURE, GameState, Locale
from serve.quality.balance import shares
from serve.quality.claims import Loss, claims
from serve.quality.meaning import doubts
from serve.quality.reason import DECISIVE, Kind, Reason
from serve.quality.story import story

_CALLED = {
    "dr-configured": re.compile(
        "재해|복구|예비|대기|스탠바이|파일럿|disaster|recover|standby|pilot.light|fail.?over",
        re.IGNORECASE,
    ),
    "multi-region": re.compile("리전|지역|region", re.IGNORECASE),
}
"""States of an architecture, which texts call by other names."""


def consistency(
    event: GameEvent, state: GameState, policy: BalancePolicy, locale: Locale
) -> Iterator[Reason]:
    for index, choice in enumerate(event.choices):
        where, sizes = f"choices[{index}]", shares(choice.effects, state, policy)
        yield from _lost(Kind.CONTRADICTION, claims(where, choice, sizes, state, locale))
        yield from _lost(Kind.CONTRADICTION, _infrastructure(where, choice, state))
    best, worst = _extremes(event, state, policy)
    yield from _lost(Kind.FLAW, story(event, locale, best=best, worst=worst))
    yield from _lost(Kind.DOUBT, doubts(event, locale))


def _extremes(event: GameEvent, state: GameState, policy: BalancePolicy) -> tuple[float, float]:
    sizes = [size for choice in event.choices for size in shares(choice.effects, state, policy)]
    return max(sizes), min(sizes)


def _infrastructure(where: str, choice: Choice, state: GameState) -> Iterator[Loss]:
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
        yield (
            8,
            f"{where}.effects",
            f"이 회사에 더하거나 뺄 수 없습니다: {name}.",
            f"This company cannot add or remove {name}.",
        )
    spoken = mentioned(choice.text) | mentioned(choice.result_text)
    spoken |= {
        name for name, says in _CALLED.items() if says.search(f"{choice.text} {choice.result_text}")
    }
    for name in effects.add_infrastructure:
        if name not in spoken:
            yield (
                DECISIVE,  # infrastructure brought in behind the player's back
                f"{where}.text",
                f"글이 말하지 않는 인프라를 들입니다: {name}.",
                f"Brings in {name} without saying so.",
            )


def _lost(kind: Kind, losses: Iterable[Loss]) -> Iterator[Reason]:
    for points, field, ko, en in losses:
        yield Reason("consistency", round(max(points, 0.1), 1), field, ko, en, kind)
