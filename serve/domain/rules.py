"""The rules every event must keep for the player who receives it, on every path that serves one."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import permutations

from serve.domain.balance import BalancePolicy
from serve.domain.content import content_violations
from serve.domain.event import Choice, EventDraft, GameEvent
from serve.domain.infrastructure import mentioned
from serve.domain.state import CANONICAL_INFRASTRUCTURE, GameState, Locale
from serve.domain.violation import Violation

_CANONICAL = frozenset(CANONICAL_INFRASTRUCTURE)
_Named = tuple[tuple[str, frozenset[str]], ...]
"""Field -> infrastructure its text names."""
_LENGTHS = {"title": (2, 40), "description": (20, 500), "text": (5, 150), "resultText": (10, 200)}


def violations(
    event: GameEvent, state: GameState, policy: BalancePolicy, locale: Locale
) -> tuple[Violation, ...]:
    """Every rule this event breaks for this player; empty means it may be shown."""
    texts = event.texts()
    misshapen, named = _told(texts)
    return (
        *_choices(event),
        *misshapen,
        *_band(event, state, policy),
        *_trade_offs(event),
        *_survival(event, state, policy),
        *_infrastructure(event, state, named),
        *content_violations(texts, locale),
    )


def needs(draft: EventDraft) -> frozenset[str]:
    """Infrastructure a player must own for the draft to make sense: what it names or gives up."""
    named = frozenset(name for _, text in draft.texts() for name in mentioned(text))
    removed = frozenset(name for choice in draft.choices for name in choice.remove)
    return (named - draft.offers) | removed


def _choices(event: GameEvent) -> Iterator[Violation]:
    if not 2 <= len(event.choices) <= 4:
        yield Violation("structure.choices", "choices", "must be two to four")
    if len({choice.choice_id for choice in event.choices}) < len(event.choices):
        yield Violation("structure.choice_id", "choices", "two choices share an id")


_Texts = tuple[tuple[str, str], ...]


@lru_cache(maxsize=4096)
def _told(texts: _Texts) -> tuple[tuple[Violation, ...], _Named]:
    """What texts decide whoever reads them; they repeat from player to player, figures do not."""
    named = tuple((field, names) for field, text in texts if (names := mentioned(text)))
    return tuple(_structure(texts)), named


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


def _band(event: GameEvent, state: GameState, policy: BalancePolicy) -> Iterator[Violation]:
    band = policy.band(state)
    for where, choice in _numbered(event):
        effects = choice.effects
        for field, amount, largest in (
            ("cashDelta", effects.cash_delta, band.cash),
            ("usersDelta", effects.users_delta, band.users),
            ("trustDelta", effects.trust_delta, band.trust),
        ):
            if abs(amount) > largest:
                yield Violation(
                    "balance.band", f"{where}.effects.{field}", f"is over {largest} for this stage"
                )
        if not 0 <= state.trust + effects.trust_delta <= 100:
            yield Violation(
                "balance.trust", f"{where}.effects.trustDelta", "takes trust out of 0..100"
            )
        if state.users + effects.users_delta < 0:
            yield Violation(
                "balance.users", f"{where}.effects.usersDelta", "takes users below zero"
            )


def _trade_offs(event: GameEvent) -> Iterator[Violation]:
    options = [(choice.choice_id, choice.effects.resources) for choice in event.choices]
    for (index, (_, here)), (_, (name, there)) in permutations(enumerate(options), 2):
        if here[0] <= there[0] and here[1] <= there[1] and here[2] <= there[2]:
            yield Violation(
                "balance.dominated", f"choices[{index}]", f"is nowhere better than choice {name}"
            )


def _survival(event: GameEvent, state: GameState, policy: BalancePolicy) -> Iterator[Violation]:
    if not policy.alive(state, state.cash, state.users, state.trust):
        return  # the game is over already: no choice can be asked to save it
    if not any(policy.survives(state, choice.effects) for choice in event.choices):
        yield Violation("balance.lethal", "choices", "every choice ends the game")


def _infrastructure(event: GameEvent, state: GameState, named: _Named) -> Iterator[Violation]:
    owned = state.owned
    for where, choice in _numbered(event):
        for name in choice.effects.add_infrastructure:
            if name not in _CANONICAL:
                yield _of_infrastructure("unknown", where, "add", f"{name!r} is not canonical")
            elif name in owned:
                yield _of_infrastructure("owned", where, "add", f"{name!r} is owned already")
        for name in choice.effects.remove_infrastructure:
            if name not in _CANONICAL:
                yield _of_infrastructure("unknown", where, "remove", f"{name!r} is not canonical")
            elif name not in owned:
                yield _of_infrastructure("not_owned", where, "remove", f"{name!r} is not owned")
    offered = {name for choice in event.choices for name in choice.effects.add_infrastructure}
    for field, names in named:
        for name in sorted(names - owned - offered):
            yield Violation(
                "infrastructure.mentioned", field, f"names {name}, not owned or offered"
            )


def _of_infrastructure(rule: str, where: str, verb: str, message: str) -> Violation:
    return Violation(f"infrastructure.{rule}", f"{where}.effects.{verb}Infrastructure", message)


def _numbered(event: GameEvent) -> Iterator[tuple[str, Choice]]:
    return ((f"choices[{index}]", choice) for index, choice in enumerate(event.choices))
