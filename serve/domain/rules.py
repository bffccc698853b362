"""The rules every event must keep for the player who receives it, on every path that serves one."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import permutations
from typing import NamedTuple

from serve.domain.balance import BalancePolicy
from serve.domain.content import content_violations
from serve.domain.event import EventDraft, Figures, GameEvent
from serve.domain.infrastructure import mentioned
from serve.domain.state import CANONICAL_INFRASTRUCTURE, GameState, Locale
from serve.domain.violation import Violation

_CANONICAL = frozenset(CANONICAL_INFRASTRUCTURE)
_LENGTHS = {"title": (2, 40), "description": (20, 500), "text": (5, 150), "resultText": (10, 200)}
_Texts = tuple[tuple[str, str], ...]
_Named = tuple[tuple[str, frozenset[str]], ...]
"""Field -> infrastructure its text names."""


class Option(NamedTuple):
    """A choice without its words."""

    choice_id: str
    figures: Figures
    adds: tuple[str, ...]
    removes: tuple[str, ...]


def violations(
    event: GameEvent, state: GameState, policy: BalancePolicy, locale: Locale
) -> tuple[Violation, ...]:
    """Every rule this event breaks for this player; empty means it may be shown."""
    options = [
        Option(
            choice.choice_id,
            choice.effects.resources,
            choice.effects.add_infrastructure,
            choice.effects.remove_infrastructure,
        )
        for choice in event.choices
    ]
    return broken(event.texts(), options, state, policy, locale)


def broken(
    texts: _Texts,
    options: Sequence[Option],
    state: GameState,
    policy: BalancePolicy,
    locale: Locale,
) -> tuple[Violation, ...]:
    """`violations` of an event in parts: its (field, text) pairs and its choices without words."""
    by_texts, named = _told(texts, locale)
    return (
        *_choices(options),
        *_band(options, state, policy),
        *_trade_offs(options),
        *_survival(options, state, policy),
        *_infrastructure(options, state, named),
        *by_texts,
    )


def needs(draft: EventDraft) -> frozenset[str]:
    """Infrastructure a player must own for the draft to make sense: what it names or gives up."""
    named = frozenset(name for _, text in draft.texts() for name in mentioned(text))
    removed = frozenset(name for choice in draft.choices for name in choice.remove)
    return (named - draft.offers) | removed


def _choices(options: Sequence[Option]) -> Iterator[Violation]:
    if not 2 <= len(options) <= 4:
        yield Violation("structure.choices", "choices", "must be two to four")
    if len({option.choice_id for option in options}) < len(options):
        yield Violation("structure.choice_id", "choices", "two choices share an id")


@lru_cache(maxsize=4096)
def _told(texts: _Texts, locale: Locale) -> tuple[tuple[Violation, ...], _Named]:
    """What texts decide whoever reads them; they repeat from player to player, figures do not."""
    named = tuple((field, names) for field, text in texts if (names := mentioned(text)))
    return (*_structure(texts), *content_violations(texts, locale)), named


def _structure(texts: _Texts) -> Iterator[Violation]:
    options = [_squeezed(text) for field, text in texts if field.endswith(".text")]
    if len(set(options)) < len(options):
        yield Violation("structure.same_choice", "choices", "two choices read the same")
    for field, text in texts:
        low, high = _LENGTHS[field.rsplit(".", 1)[-1]]
        if not low <= len(text.strip()) <= high:
            yield Violation("structure.length", field, f"must have {low} to {high} characters")


def _squeezed(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())


def _band(
    options: Sequence[Option], state: GameState, policy: BalancePolicy
) -> Iterator[Violation]:
    band = policy.band(state)
    for index, (_, (cash, users, trust), _, _) in enumerate(options):
        for field, amount, largest in (
            ("cashDelta", cash, band.cash),
            ("usersDelta", users, band.users),
            ("trustDelta", trust, band.trust),
        ):
            if not -largest <= amount <= largest:
                message = f"is over {largest} for this stage"
                yield _of_effects("balance.band", index, field, message)
        if not 0 <= state.trust + trust <= 100:
            yield _of_effects("balance.trust", index, "trustDelta", "takes trust out of 0..100")
        if state.users + users < 0:
            yield _of_effects("balance.users", index, "usersDelta", "takes users below zero")


def _trade_offs(options: Sequence[Option]) -> Iterator[Violation]:
    for (index, worse), (_, better) in permutations(enumerate(options), 2):
        here, there = worse.figures, better.figures
        if here[0] <= there[0] and here[1] <= there[1] and here[2] <= there[2]:
            message = f"is nowhere better than choice {better.choice_id}"
            yield Violation("balance.dominated", f"choices[{index}]", message)


def _survival(
    options: Sequence[Option], state: GameState, policy: BalancePolicy
) -> Iterator[Violation]:
    if not policy.alive(state, state.cash, state.users, state.trust):
        return  # the game is over already: no choice can be asked to save it
    if not any(policy.survives(state, option.figures) for option in options):
        yield Violation("balance.lethal", "choices", "every choice ends the game")


def _infrastructure(
    options: Sequence[Option], state: GameState, named: _Named
) -> Iterator[Violation]:
    owned, offered = state.owned, set[str]()
    for index, option in enumerate(options):
        offered.update(option.adds)
        for name in option.adds:
            if name not in _CANONICAL:
                yield _of_infrastructure("unknown", index, "add", f"{name!r} is not canonical")
            elif name in owned:
                yield _of_infrastructure("owned", index, "add", f"{name!r} is owned already")
        for name in option.removes:
            if name not in _CANONICAL:
                yield _of_infrastructure("unknown", index, "remove", f"{name!r} is not canonical")
            elif name not in owned:
                yield _of_infrastructure("not_owned", index, "remove", f"{name!r} is not owned")
    for field, names in named:
        for name in sorted(names - owned - offered):
            yield Violation(
                "infrastructure.mentioned", field, f"names {name}, not owned or offered"
            )


def _of_infrastructure(rule: str, index: int, verb: str, message: str) -> Violation:
    return _of_effects(f"infrastructure.{rule}", index, f"{verb}Infrastructure", message)


def _of_effects(rule: str, index: int, field: str, message: str) -> Violation:
    return Violation(rule, f"choices[{index}].effects.{field}", message)
