"""Every kind of defect, by group."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from evaluation.mutations import content, meaning, structural
from evaluation.mutations.specimen import Shelf, Specimen
from serve.domain.event import GameEvent


class Group(StrEnum):
    STRUCTURAL = "structural"
    """Structure and balance."""
    MEANING = "meaning"
    CONTENT = "content"


_Inject = Callable[[Specimen, Shelf, Random], GameEvent | None]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of defect."""

    name: str
    group: Group
    inject: _Inject

    def mutant(self, specimen: Specimen, shelf: Shelf, seed: int) -> GameEvent | None:
        """The event with the defect, always the same for a seed; None where it does not apply."""
        rng = Random(f"{seed}/{self.name}/{specimen.id}")
        changed = self.inject(specimen, shelf, rng)
        return None if changed == specimen.event else changed


_STRUCTURAL: tuple[_Inject, ...] = (
    structural.dominant_choice,
    structural.duplicated_choice,
    structural.same_effects,
    structural.shared_choice_id,
    structural.single_choice,
    structural.trust_out_of_range,
    structural.users_below_zero,
    structural.over_band,
    structural.lethal,
    structural.trivial_effects,
    structural.removes_not_owned,
    structural.adds_owned,
    structural.adds_unknown,
    structural.empty_result,
)
_MEANING: tuple[_Inject, ...] = (
    meaning.effects_negated,
    meaning.one_choice_negated,
    meaning.effects_swapped,
    meaning.choice_texts_swapped,
    meaning.result_of_another_choice,
    meaning.type_changed,
    meaning.severity_contradicts,
    meaning.description_other_type,
    meaning.description_same_type,
    meaning.choice_of_another_event,
    meaning.result_of_another_event,
    meaning.numbers_contradict,
    meaning.lesson_removed,
    meaning.wrong_lesson,
    meaning.generic_filler,
    meaning.unspoken_infrastructure,
)
_CONTENT: tuple[_Inject, ...] = (
    content.lorem_ipsum,
    content.wrong_language,
    content.mixed_language,
    content.profanity_spaced,
    content.model_speaks,
    content.personal_data,
    content.repeated_sentence,
    content.service_stuffing,
    content.outside_stuffing,
    content.garbled_words,
    content.words_shuffled,
)

KINDS = tuple(
    Kind(inject.__name__, group, inject)
    for group, injects in (
        (Group.STRUCTURAL, _STRUCTURAL),
        (Group.MEANING, _MEANING),
        (Group.CONTENT, _CONTENT),
    )
    for inject in injects
)
