"""The events a person can leaf through on the page: the worst, and a spread of the others."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from evaluation.report.words import Said, signed, won
from evaluation.suite.result import Result
from serve.domain.event import Effects, GameEvent
from serve.domain.state import GameState
from serve.quality import Quality, Reason

WORST = 120
"""Events of an arm shown because they are its worst."""
SPREAD = 80
"""Events of an arm shown from the others, evenly from worst to best."""


class Chip(NamedTuple):
    """One thing a choice does."""

    said: Said
    tone: str
    """`gain`, `loss`, or empty for what is neither."""


class Shown(NamedTuple):
    """One event on the page."""

    arm: int
    """Its place among the arms."""
    result: Result
    event: GameEvent
    quality: Quality | None
    state: GameState

    @property
    def effects(self) -> list[list[Chip]]:
        """Per choice."""
        return [list(_chips(choice.effects)) for choice in self.event.choices]

    def reasons(self, dimension: str) -> list[Reason]:
        reasons = self.quality.reasons if self.quality else ()
        return [reason for reason in reasons if reason.dimension == dimension]


class Browsed(NamedTuple):
    """What is shown of all arms."""

    shown: list[Shown]
    """Worst first."""
    written: int
    """Events there are in all; the table has every one."""


def browsed(arms: Mapping[str, Sequence[Result]]) -> Browsed:
    """At most WORST + SPREAD events an arm."""
    written, shown = 0, list[Shown]()
    for place, results in enumerate(arms.values()):
        events = sorted(_shown(place, results), key=_order)
        written += len(events)
        shown += _selected(events)
    return Browsed(sorted(shown, key=_order), written)


def _shown(place: int, results: Sequence[Result]) -> Iterator[Shown]:
    for one in results:
        if one.event is not None:
            yield Shown(place, one, one.event, one.quality, one.game_state)


def _order(one: Shown) -> tuple[float, str, int, int]:
    result = one.result
    return result.points, result.scenario, result.repeat, one.arm


def _selected(events: Sequence[Shown]) -> list[Shown]:
    worst, others = events[:WORST], events[WORST:]
    if len(others) <= SPREAD:
        return [*worst, *others]
    step = (len(others) - 1) / (SPREAD - 1)
    return [*worst, *(others[round(number * step)] for number in range(SPREAD))]


def _chips(effects: Effects) -> Iterator[Chip]:
    if effects.cash_delta:
        ko, en = won(effects.cash_delta)
        yield Chip(Said(f"현금 {ko}", f"cash {en}"), _tone(effects.cash_delta))
    if effects.users_delta:
        amount = signed(effects.users_delta)
        yield Chip(Said(f"이용자 {amount}명", f"users {amount}"), _tone(effects.users_delta))
    if effects.trust_delta:
        amount = signed(effects.trust_delta)
        yield Chip(Said(f"신뢰 {amount}", f"trust {amount}"), _tone(effects.trust_delta))
    for sign, infrastructure in (
        ("+", effects.add_infrastructure),
        ("−", effects.remove_infrastructure),
    ):
        for name in infrastructure:
            yield Chip(Said(f"{sign} {name}", ""), "")


def _tone(amount: int) -> str:
    return "gain" if amount > 0 else "loss"
