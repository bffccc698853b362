"""Injected defects: enough kinds, repeatable, each really changes the event and keeps its shape."""

import pytest

from evaluation.instrument.pools import corpus
from evaluation.mutations import KINDS, Group, Kind, Shelf, Specimen
from evaluation.split import Side
from serve.domain.balance import BalancePolicy
from serve.domain.event import GameEvent
from serve.domain.rules import violations
from serve.settings import Settings


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    policy = BalancePolicy.parse(Settings.from_environ().table("balance.yaml"))
    return Shelf(corpus(policy, Side.TUNING)[::25], policy)


def _mutants(kind: Kind, shelf: Shelf) -> list[tuple[Specimen, GameEvent]]:
    made = ((specimen, kind.mutant(specimen, shelf, 1)) for specimen in shelf.specimens)
    return [(specimen, event) for specimen, event in made if event is not None]


def test_there_are_kinds_enough_in_every_group() -> None:
    assert len(KINDS) == len({kind.name for kind in KINDS})
    assert len(KINDS) >= 20
    assert {kind.group for kind in KINDS} == set(Group)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_defect_is_injected_and_repeatable(kind: Kind, shelf: Shelf) -> None:
    mutants = _mutants(kind, shelf)
    assert mutants, "applies to no event"
    assert mutants == _mutants(kind, shelf)
    for specimen, event in mutants:
        assert event != specimen.event
        assert event.event_id == specimen.event.event_id
        assert GameEvent.model_validate(event.model_dump()) == event


def test_another_seed_makes_other_mutants(shelf: Shelf) -> None:
    kind = next(kind for kind in KINDS if kind.name == "description_other_type")
    specimen = shelf.specimens[0]
    made = {str(kind.mutant(specimen, shelf, seed)) for seed in range(10)}
    assert len(made) > 1


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("dominant_choice", "balance.dominated"),
        ("duplicated_choice", "structure.same_choice"),
        ("shared_choice_id", "structure.choice_id"),
        ("single_choice", "structure.choices"),
        ("trust_out_of_range", "balance.trust"),
        ("users_below_zero", "balance.users"),
        ("over_band", "balance.band"),
        ("lethal", "balance.lethal"),
        ("removes_not_owned", "infrastructure.not_owned"),
        ("adds_owned", "infrastructure.owned"),
        ("adds_unknown", "infrastructure.unknown"),
    ],
)
def test_the_defect_is_the_one_it_is_called(name: str, rule: str, shelf: Shelf) -> None:
    kind = next(kind for kind in KINDS if kind.name == name)
    for specimen, event in _mutants(kind, shelf):
        broken = violations(event, specimen.state, shelf.policy, specimen.locale)
        assert rule in {violation.rule for violation in broken}, specimen.id


@pytest.mark.parametrize("name", ["type_changed", "severity_contradicts", "effects_swapped"])
def test_a_defect_of_meaning_leaves_every_other_part_alone(name: str, shelf: Shelf) -> None:
    kind = next(kind for kind in KINDS if kind.name == name)
    for specimen, event in _mutants(kind, shelf):
        assert event.texts() == specimen.event.texts()
