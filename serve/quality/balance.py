"""Balance: effects within the stage's band, worth choosing between, survivable, none dominated."""

from collections.abc import Iterator
from itertools import combinations, permutations

from serve.domain.balance import BalancePolicy
from serve.domain.event import Choice, Effects, GameEvent
from serve.domain.state import GameState
from serve.quality.reason import FULL, Reason

_TRIVIAL = 0.05
"""Share of what could be gained or lost below which a choice hardly matters."""
_ALIKE = 0.06
"""Distance, in shares over all resources, below which two choices cost and bring the same."""


def balance(event: GameEvent, state: GameState, policy: BalancePolicy) -> Iterator[Reason]:
    yield from _bounds(event, state, policy)
    yield from _survival(event, state, policy)
    yield from _dominance(event)
    yield from _size(event, state, policy)
    yield from _spread(event, state, policy)


def shares(effects: Effects, state: GameState, policy: BalancePolicy) -> tuple[float, float, float]:
    """(cash, users, trust): gains as shares of the band, losses of what can be lost."""
    band, lines = policy.band(state), policy.line(state)
    left = (state.cash - lines.bankruptcy, state.users, state.trust)
    most = (band.cash, band.users, band.trust)
    cash, users, trust = (
        amount / (largest if amount > 0 else max(min(largest, stock), 1))
        for amount, largest, stock in zip(effects.resources, most, left, strict=True)
    )
    return cash, users, trust


def dominated(event: GameEvent) -> Iterator[tuple[int, int]]:
    """Pairs (worse, better) of choices where one is nowhere better than the other."""
    for (here, worse), (there, better) in permutations(enumerate(event.choices), 2):
        pairs = zip(worse.effects.resources, better.effects.resources, strict=True)
        if all(one <= other for one, other in pairs):
            yield here, there


def _bounds(event: GameEvent, state: GameState, policy: BalancePolicy) -> Iterator[Reason]:
    band = policy.band(state)
    largest = (("cashDelta", band.cash), ("usersDelta", band.users), ("trustDelta", band.trust))
    for index, choice in enumerate(event.choices):
        where = f"choices[{index}].effects"
        for (name, most), amount in zip(largest, choice.effects.resources, strict=True):
            if abs(amount) > most:
                over = min(6 + 4 * (abs(amount) / most - 1), 15)
                yield _lost(
                    round(over, 1),
                    f"{where}.{name}",
                    "이 단계에서 허용된 크기를 넘습니다.",
                    "Is larger than this stage allows.",
                )
        if not 0 <= state.trust + choice.effects.trust_delta <= 100:
            yield _lost(
                8, f"{where}.trustDelta", "신뢰가 0~100을 벗어납니다.", "Takes trust out of 0..100."
            )
        if state.users + choice.effects.users_delta < 0:
            yield _lost(
                8, f"{where}.usersDelta", "이용자가 0보다 적어집니다.", "Takes users below zero."
            )


def _survival(event: GameEvent, state: GameState, policy: BalancePolicy) -> Iterator[Reason]:
    if not policy.alive(state, state.cash, state.users, state.trust):
        return
    lethal = [
        index
        for index, choice in enumerate(event.choices)
        if not policy.survives(state, choice.effects.resources)
    ]
    if len(lethal) == len(event.choices):
        yield _lost(
            FULL, "choices", "어느 것을 골라도 게임이 끝납니다.", "Every choice ends the game."
        )
        return
    for index in lethal:
        yield _lost(
            4,
            f"choices[{index}].effects",
            "이 선택은 곧바로 게임을 끝냅니다.",
            "This choice ends the game at once.",
        )


def _dominance(event: GameEvent) -> Iterator[Reason]:
    for worse, better in dominated(event):
        letter = event.choices[better].choice_id
        yield _lost(
            15,
            f"choices[{worse}].effects",
            f"모든 면에서 선택 {letter}보다 나을 것이 없습니다.",
            f"Is nowhere better than choice {letter}.",
        )


def _size(event: GameEvent, state: GameState, policy: BalancePolicy) -> Iterator[Reason]:
    for index, choice in enumerate(event.choices):
        if _size_of(choice, state, policy) < _TRIVIAL:
            yield _lost(
                6,
                f"choices[{index}].effects",
                "효과가 너무 작아 고를 이유가 없습니다.",
                "The effects are too small to matter.",
            )


def _size_of(choice: Choice, state: GameState, policy: BalancePolicy) -> float:
    return max(abs(share) for share in shares(choice.effects, state, policy))


def _spread(event: GameEvent, state: GameState, policy: BalancePolicy) -> Iterator[Reason]:
    sizes = [shares(choice.effects, state, policy) for choice in event.choices]
    for (here, one), (there, other) in combinations(enumerate(sizes), 2):
        if sum(abs(a - b) for a, b in zip(one, other, strict=True)) < _ALIKE:
            yield _lost(
                5,
                f"choices[{there}].effects",
                f"선택 {event.choices[here].choice_id}와 효과가 거의 같습니다.",
                f"Costs and brings almost the same as choice {event.choices[here].choice_id}.",
            )


def _lost(points: float, field: str, ko: str, en: str) -> Reason:
    return Reason("balance", points, field, ko, en)
