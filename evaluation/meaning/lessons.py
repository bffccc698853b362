"""What there is to learn from: good events of the tuning half, told in several ways, and their mutants."""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from evaluation.instrument.pools import specimen, static_pool
from evaluation.mutations import KINDS, Shelf, Specimen
from evaluation.split import Side, side
from serve.domain.balance import BalancePolicy
from serve.domain.event import GameEvent
from serve.domain.state import Locale
from serve.models.corpus import read

DEFECTS = {
    "type": ("type_changed",),
    "severity": ("severity_contradicts",),
    "description": ("description_same_type", "description_other_type", "generic_filler"),
    "words": ("garbled_words", "words_shuffled", "lorem_ipsum"),
    "text": ("choice_of_another_event",),
    "result": ("result_of_another_event", "result_of_another_choice"),
    "order": ("choice_texts_swapped",),
    "effects": ("effects_swapped", "one_choice_negated", "effects_negated"),
}
"""The kinds of injected defect each question is to tell from good events."""


class Mutant(NamedTuple):
    specimen: Specimen
    kind: str
    event: GameEvent
    changed: tuple[int, ...]
    """Indices of the choices that are not as they were."""


def lessons(locale: Locale, policy: BalancePolicy, wordings: int) -> Iterator[Specimen]:
    """Every tuning event of the language as written, and `wordings` more ways to tell it."""
    yield from (one for one in static_pool(policy, Side.TUNING) if one.locale is locale)
    for entry in read():
        if entry.locale is not locale or side(entry.written.id) is not Side.TUNING:
            continue
        rng = Random(entry.written.id)
        drafts = [entry.written.draft]
        if entry.wordings is not None:
            drafts += [entry.wordings.vary(entry.written.draft, rng) for _ in range(wordings)]
        for draft in drafts:
            told = specimen(entry.written.model_copy(update={"draft": draft}), locale, policy)
            if told is not None:
                yield told


def mutants(specimens: list[Specimen], shelf: Shelf, seed: int) -> Iterator[Mutant]:
    """A borrowed description also comes with its title, lest that the two agree counts for good."""
    wanted = {name for names in DEFECTS.values() for name in names}
    titles = {one.event.description: one.event.title for one in shelf.specimens}
    for one in specimens:
        for kind in KINDS:
            event = kind.mutant(one, shelf, seed) if kind.name in wanted else None
            if event is None:
                continue
            pairs = enumerate(zip(one.event.choices, event.choices, strict=True))
            changed = tuple(at for at, (before, after) in pairs if before != after)
            yield Mutant(one, kind.name, event, changed)
            if kind.name in DEFECTS["description"] and event.description in titles:
                titled = event.model_copy(update={"title": titles[event.description]})
                yield Mutant(one, kind.name, titled, changed)
