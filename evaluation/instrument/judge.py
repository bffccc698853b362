"""The judge beside the scorer, on a small sample of good events and their mutants.

Asking is slow, so a few events are drawn, each with one mutant per group of defects.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from statistics import fmean
from typing import NamedTuple

import numpy as np

from evaluation.agreement import Estimate as Interval
from evaluation.agreement import Missing, estimate, spearman
from evaluation.instrument.statistics import Estimate, auc, share
from evaluation.mutations import KINDS, Group, Shelf, Specimen
from serve.domain.event import GameEvent
from serve.errors import EngineError
from serve.quality import ACCEPT_FROM, score
from serve.quality.judge import Judge
from serve.quality.judgement import Judgement

_RESAMPLES = 1000


class Rated(NamedTuple):
    """One event, good or damaged, with the total of both machines."""

    id: str
    """Of the event it was made from."""
    defect: str
    """Empty for a good event."""
    scorer: float
    judge: Judgement


@dataclass(frozen=True, slots=True)
class JudgeMeasured:
    rated: tuple[Rated, ...]
    unanswered: int
    """Events the judge gave no points."""

    @property
    def agreement(self) -> Interval | Missing:
        """Spearman's correlation of the two totals; the bootstrap draws events with their mutants."""
        pairs: dict[str, list[tuple[float, float]]] = {}
        for one in self.rated:
            pairs.setdefault(one.id, []).append((one.scorer, one.judge.total))
        groups = [np.array(rows, dtype=np.float64) for rows in pairs.values()]
        return estimate(spearman, groups, resamples=_RESAMPLES, seed=0)

    @property
    def auc(self) -> Estimate | None:
        """P(a good event's total exceeds a mutant's); None without one of both."""
        good = [(one.id, one.judge.total) for one in self.rated if not one.defect]
        bad = [(one.id, one.judge.total) for one in self.rated if one.defect]
        return auc(good, bad) if good and bad else None

    @property
    def sensitivity(self) -> Estimate | None:
        """Share of mutants the judge does not accept, of events it did; None if it accepts none."""
        accepted = {
            one.id for one in self.rated if not one.defect and one.judge.total >= ACCEPT_FROM
        }
        hits = [
            (one.id, one.judge.total < ACCEPT_FROM)
            for one in self.rated
            if one.defect and one.id in accepted
        ]
        return share(hits) if hits else None

    @property
    def unstable(self) -> float:
        """Share of events judged differently in the other order."""
        return fmean(not one.judge.stable for one in self.rated) if self.rated else 0.0


async def measure_judge(
    judge: Judge,
    specimens: Sequence[Specimen],
    shelf: Shelf,
    seed: int,
    *,
    largest: int,
    at_once: int,
    done: Callable[[], None] = lambda: None,
) -> JudgeMeasured:
    """At most `largest` events with their mutants; `done` is called after each that is judged."""
    room = asyncio.Semaphore(at_once)

    async def rate(specimen: Specimen, defect: str, event: GameEvent) -> Rated | None:
        async with room:
            try:
                judgement = await judge.judge(event, specimen.state, specimen.locale)
            except EngineError:
                return None
            finally:
                done()
        total = score(event, specimen.state, shelf.policy, specimen.locale).total
        return Rated(specimen.id, defect, total, judgement)

    sample = drawn(specimens, shelf, seed, largest)
    answers = await asyncio.gather(*(rate(*one) for one in sample))
    rated = tuple(one for one in answers if one is not None)
    return JudgeMeasured(rated, len(answers) - len(rated))


def drawn(
    specimens: Sequence[Specimen], shelf: Shelf, seed: int, largest: int
) -> list[tuple[Specimen, str, GameEvent]]:
    """(specimen, defect, event): each drawn event and a mutant per group, the same for a seed."""
    chosen = Random(seed).sample(specimens, min(largest, len(specimens)))
    return [
        (specimen, defect, event)
        for specimen in chosen
        for defect, event in (("", specimen.event), *_mutants(specimen, shelf, seed))
    ]


def _mutants(specimen: Specimen, shelf: Shelf, seed: int) -> Iterator[tuple[str, GameEvent]]:
    rng = Random(f"{seed}/{specimen.id}")
    for group in Group:
        kinds = [kind for kind in KINDS if kind.group is group]
        for kind in rng.sample(kinds, len(kinds)):
            mutant = kind.mutant(specimen, shelf, seed)
            if mutant is not None:
                yield kind.name, mutant
                break
