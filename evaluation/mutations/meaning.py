"""Defects of meaning: every rule is kept, and the event no longer makes sense or misleads."""
# ruff: noqa: ARG001  every kind of defect takes the same arguments

from random import Random

from evaluation.mutations.phrases import passage, sentence
from evaluation.mutations.specimen import (
    Shelf,
    Specimen,
    clipped,
    with_choice,
    with_effects,
    with_resources,
)
from serve.domain.event import Choice, EventType, GameEvent, Severity
from serve.domain.state import CANONICAL_INFRASTRUCTURE

_LONGEST_RESULT = 200


def effects_negated(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    """Every gain becomes a loss and the other way round."""
    choices = tuple(_negated(choice, specimen) for choice in specimen.event.choices)
    return specimen.event.model_copy(update={"choices": choices})


def one_choice_negated(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    index = rng.randrange(len(specimen.event.choices))
    changed = _negated(specimen.event.choices[index], specimen)
    return with_choice(specimen.event, index, changed)


def effects_swapped(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    return _swapped(specimen, rng, "effects")


def choice_texts_swapped(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    return _swapped(specimen, rng, "text")


def result_of_another_choice(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    event = specimen.event
    source, target = rng.sample(range(len(event.choices)), 2)
    result = event.choices[source].result_text
    changed = event.choices[target].model_copy(update={"result_text": result})
    return with_choice(event, target, changed)


def type_changed(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    event = specimen.event
    others = [kind for kind in EventType if kind is not event.event_type]
    return event.model_copy(update={"event_type": rng.choice(others)})


def severity_contradicts(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    """A disaster called good news, or good news called a disaster."""
    event = specimen.event
    grave = event.severity in (Severity.CRITICAL, Severity.HIGH)
    contrary = Severity.POSITIVE if grave else Severity.CRITICAL
    if event.severity is Severity.MEDIUM:
        return None  # neither end contradicts it plainly
    return event.model_copy(update={"severity": contrary})


def description_other_type(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    return _described(specimen, shelf.other(specimen, rng, same_type=False))


def description_same_type(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    return _described(specimen, shelf.other(specimen, rng, same_type=True))


def choice_of_another_event(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    """A choice text that does not answer the situation."""
    return _borrowed(specimen, shelf, rng, "text")


def result_of_another_event(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    return _borrowed(specimen, shelf, rng, "result_text")


def numbers_contradict(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    """The result ends with figures of the opposite sign to the effect."""
    index, choice = rng.choice(tuple(enumerate(specimen.event.choices)))
    named = zip(("cash", "users", "trust"), choice.effects.resources, strict=True)
    moved = [(name, amount) for name, amount in named if amount]
    if not moved:
        return None
    name, amount = rng.choice(moved)
    contrary = sentence(specimen, f"numbers.{name}_{'down' if amount > 0 else 'up'}", rng)
    result = f"{choice.result_text} {contrary.format(amount=f'{abs(amount):,}')}"
    return with_choice(specimen.event, index, choice.model_copy(update={"result_text": result}))


def lesson_removed(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    """An office story whose results still tell the effects truly: nothing to learn about clouds."""
    title, description = passage(specimen, "office", rng)
    choices = tuple(
        choice.model_copy(update={"text": text, "result_text": _told(choice, specimen, rng)})
        for choice, text in zip(
            specimen.event.choices, passage(specimen, "office_choices", rng), strict=False
        )
    )
    texts = {"title": title, "description": description, "choices": choices}
    return specimen.event.model_copy(update=texts)


def wrong_lesson(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    """A false statement about cloud architecture, told before or after a result."""
    false = sentence(specimen, "wrong_lessons", rng)
    most = _LONGEST_RESULT - len(f" {false}")  # or the rule of length would find it
    numbered = enumerate(specimen.event.choices)
    roomy = [(index, choice) for index, choice in numbered if len(choice.result_text) <= most]
    if not roomy:
        return None
    index, choice = rng.choice(roomy)
    result = " ".join(rng.sample((false, choice.result_text), 2))
    changed = choice.model_copy(update={"result_text": result})
    return with_choice(specimen.event, index, changed)


def generic_filler(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    """A description that would fit any event."""
    filler = sentence(specimen, "filler", rng)
    return specimen.event.model_copy(update={"description": filler})


def unspoken_infrastructure(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    """A choice brings in infrastructure that no text speaks of."""
    event, owned = specimen.event, specimen.state.owned
    plain = [(i, c) for i, c in enumerate(event.choices) if not c.effects.add_infrastructure]
    names = [name for name in CANONICAL_INFRASTRUCTURE if name not in owned]
    if not plain or not names:
        return None
    index, choice = rng.choice(plain)
    changed = with_effects(choice, add_infrastructure=(rng.choice(names),))
    return with_choice(event, index, changed)


def _negated(choice: Choice, specimen: Specimen) -> Choice:
    cash, users, trust = choice.effects.resources
    opposite = with_resources(choice, (-cash, -users, -trust))
    return with_resources(choice, clipped(opposite.effects, specimen.state))


def _swapped(specimen: Specimen, rng: Random, field: str) -> GameEvent | None:
    event = specimen.event
    here, there = rng.sample(range(len(event.choices)), 2)
    one, other = event.choices[here], event.choices[there]
    swapped = with_choice(event, here, one.model_copy(update={field: getattr(other, field)}))
    changed = other.model_copy(update={field: getattr(one, field)})
    return with_choice(swapped, there, changed)


def _described(specimen: Specimen, other: GameEvent | None) -> GameEvent | None:
    if other is None:
        return None
    return specimen.event.model_copy(update={"description": other.description})


def _borrowed(specimen: Specimen, shelf: Shelf, rng: Random, field: str) -> GameEvent | None:
    other = shelf.other(specimen, rng)
    if other is None:
        return None
    index, choice = rng.choice(tuple(enumerate(specimen.event.choices)))
    text = getattr(rng.choice(other.choices), field)
    return with_choice(specimen.event, index, choice.model_copy(update={field: text}))


def _told(choice: Choice, specimen: Specimen, rng: Random) -> str:
    named = zip(("cash", "users", "trust"), choice.effects.resources, strict=True)
    moved = [f"{name}_{'up' if amount > 0 else 'down'}" for name, amount in named if amount]
    return " ".join(sentence(specimen, f"told.{what}", rng) for what in moved or ["nothing"])
