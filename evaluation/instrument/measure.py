"""Scores good events and their mutants, and sums up what the scorer found.

A defect is *detected* when the event is no longer accepted: its total is under 80 or it breaks a
rule. Mutants of events that were not accepted to begin with are left out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from evaluation.instrument.statistics import Estimate, auc, share
from evaluation.mutations import KINDS, Group, Kind, Shelf, Specimen
from serve.domain.event import GameEvent
from serve.domain.rules import violations
from serve.quality import Quality, Verdict, score
from serve.quality.education import education
from serve.quality.reason import remaining

_STUFFINGS = frozenset({"service_stuffing", "outside_stuffing"})


class Trial(NamedTuple):
    """One mutant, judged."""

    id: str
    kind: Kind
    detected: bool
    total: float
    drop: float
    """Points fallen against the unmutated event."""


@dataclass(frozen=True, slots=True)
class Measured:
    good: tuple[tuple[str, float], ...]
    """(id, total) of every good event of both pools."""
    accepted: tuple[tuple[str, bool], ...]
    """(id, accepted) of the static pool."""
    trials: tuple[Trial, ...]
    stuffing_gain: float
    """The most points of education that a list of services ever added."""

    def of(self, group: Group) -> Estimate:
        return share([(t.id, t.detected) for t in self.trials if t.kind.group is group])

    def of_kind(self, kind: Kind) -> list[Trial]:
        return [trial for trial in self.trials if trial.kind is kind]

    @property
    def specificity(self) -> Estimate:
        return share(self.accepted)

    @property
    def auc(self) -> Estimate:
        return auc(self.good, [(trial.id, trial.total) for trial in self.trials])


def measure(
    static: Sequence[Specimen], corpus: Sequence[Specimen], shelf: Shelf, seed: int
) -> Measured:
    """Raises ValueError where a pool is empty."""
    if not static or not corpus:
        raise ValueError("both the static pool and the corpus must hold events")
    everyone = (*static, *corpus)
    judged = [(specimen, _judged(specimen.event, specimen, shelf)) for specimen in everyone]
    trials = [
        trial
        for specimen, (quality, accepted) in judged
        if accepted
        for trial in _trials(specimen, quality.total, shelf, seed)
    ]
    static_ids = {specimen.id for specimen in static}
    return Measured(
        good=tuple((specimen.id, quality.total) for specimen, (quality, _) in judged),
        accepted=tuple((s.id, accepted) for s, (_, accepted) in judged if s.id in static_ids),
        trials=tuple(trials),
        stuffing_gain=max(_gains(everyone, shelf, seed), default=0.0),
    )


def _trials(specimen: Specimen, before: float, shelf: Shelf, seed: int) -> Iterable[Trial]:
    for kind in KINDS:
        mutant = kind.mutant(specimen, shelf, seed)
        if mutant is not None:
            quality, accepted = _judged(mutant, specimen, shelf)
            drop = round(before - quality.total, 1)
            yield Trial(specimen.id, kind, not accepted, quality.total, drop)


def _judged(event: GameEvent, specimen: Specimen, shelf: Shelf) -> tuple[Quality, bool]:
    state, locale = specimen.state, specimen.locale
    quality = score(event, state, shelf.policy, locale)
    broken = violations(event, state, shelf.policy, locale)
    return quality, not broken and quality.verdict is Verdict.ACCEPT


def _gains(specimens: Iterable[Specimen], shelf: Shelf, seed: int) -> Iterable[float]:
    """Education gained by stuffing, on the event itself and on one without a lesson.

    Taken before the cap of a broken rule, which would hide it.
    """
    kinds = {kind.name: kind for kind in KINDS}
    for specimen in specimens:
        bare = kinds["lesson_removed"].mutant(specimen, shelf, seed) or specimen.event
        for event in (specimen.event, bare):
            base = Specimen(specimen.id, event, specimen.state, specimen.locale)
            for name in sorted(_STUFFINGS):
                stuffed = kinds[name].mutant(base, shelf, seed)
                if stuffed is not None:
                    yield round(_taught(stuffed, specimen) - _taught(event, specimen), 1)


def _taught(event: GameEvent, specimen: Specimen) -> float:
    return remaining(education(event, specimen.locale))
