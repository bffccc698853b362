"""Defects of structure and balance: each breaks what a rule of the game promises."""
# ruff: noqa: ARG001  every kind of defect takes the same arguments

from random import Random

from evaluation.mutations.specimen import (
    Shelf,
    Specimen,
    with_choice,
    with_effects,
    with_resources,
)
from serve.domain.event import Choice, GameEvent
from serve.domain.state import CANONICAL_INFRASTRUCTURE


def dominant_choice(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    """One choice becomes the best on every resource."""
    event = specimen.event
    index = rng.randrange(len(event.choices))
    cash, users, trust = (
        max(amounts) for amounts in zip(*(c.effects.resources for c in event.choices), strict=True)
    )
    return with_choice(event, index, with_resources(event.choices[index], (cash, users, trust)))


def duplicated_choice(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    """A choice replaced by a copy of another."""
    event = specimen.event
    source, target = rng.sample(range(len(event.choices)), 2)
    copy = event.choices[source].model_copy(update={"choice_id": event.choices[target].choice_id})
    return with_choice(event, target, copy)


def same_effects(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    """Two choices with different texts and the very same effects."""
    event = specimen.event
    source, target = rng.sample(range(len(event.choices)), 2)
    resources = event.choices[source].effects.resources
    return with_choice(event, target, with_resources(event.choices[target], resources))


def shared_choice_id(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    event = specimen.event
    source, target = rng.sample(range(len(event.choices)), 2)
    choice = event.choices[target].model_copy(update={"choice_id": event.choices[source].choice_id})
    return with_choice(event, target, choice)


def single_choice(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    event = specimen.event
    return event.model_copy(update={"choices": (rng.choice(event.choices),)})


def trust_out_of_range(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    """Trust ends above 100 or below 0."""
    trust, (index, choice) = specimen.state.trust, _any_choice(specimen, rng)
    delta = rng.choice((101 - trust, -trust - 1))
    return with_choice(specimen.event, index, with_effects(choice, trust_delta=delta))


def users_below_zero(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    index, choice = _any_choice(specimen, rng)
    delta = -specimen.state.users - rng.randint(1, 500)
    return with_choice(specimen.event, index, with_effects(choice, users_delta=delta))


def over_band(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    """A gain or loss of one and a half to four times what the stage allows."""
    index, choice = _any_choice(specimen, rng)
    most = shelf.policy.band(specimen.state).cash
    delta = rng.choice((-1, 1)) * int(most * rng.uniform(1.5, 4))
    return with_choice(specimen.event, index, with_effects(choice, cash_delta=delta))


def lethal(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    """Every choice of it ends this player's game."""
    state = specimen.state
    ruin = shelf.policy.line(state).bankruptcy - state.cash
    choices = tuple(
        with_effects(choice, cash_delta=ruin - 100_000 * (number + 1))
        for number, choice in enumerate(specimen.event.choices)
    )
    return specimen.event.model_copy(update={"choices": choices})


def trivial_effects(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    """Every effect shrunk to a five-hundredth: nothing is at stake."""
    choices = tuple(
        with_resources(choice, (choice.effects.cash_delta // 500, number - 1, 0))
        for number, choice in enumerate(specimen.event.choices)
    )
    return specimen.event.model_copy(update={"choices": choices})


def removes_not_owned(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    return _infrastructure(specimen, rng, "remove_infrastructure", owned=False)


def adds_owned(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    return _infrastructure(specimen, rng, "add_infrastructure", owned=True)


def adds_unknown(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    index, choice = _any_choice(specimen, rng)
    name = rng.choice(("HyperCache", "AutoScaling Group", "Quantum DB", "elasticache"))
    return with_choice(specimen.event, index, with_effects(choice, add_infrastructure=(name,)))


def empty_result(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    index, choice = _any_choice(specimen, rng)
    return with_choice(specimen.event, index, choice.model_copy(update={"result_text": "…"}))


def _infrastructure(
    specimen: Specimen, rng: Random, field: str, *, owned: bool
) -> GameEvent | None:
    names = [n for n in CANONICAL_INFRASTRUCTURE if (n in specimen.state.owned) is owned]
    if not names:
        return None
    index, choice = _any_choice(specimen, rng)
    changed = with_effects(choice, **{field: (rng.choice(names),)})
    return with_choice(specimen.event, index, changed)


def _any_choice(specimen: Specimen, rng: Random) -> tuple[int, Choice]:
    return rng.choice(tuple(enumerate(specimen.event.choices)))
