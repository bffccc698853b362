"""The drafts the bundled model learns from, and the (prompt, completion) pairs they make.

A draft answers several situations (stages, pressures, trust tiers) and its choices have no order of
their own, so one draft makes many true examples; `Sampler` draws them evenly by (locale, type, stage).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import product
from pathlib import Path
from random import Random
from typing import NamedTuple

from serve.domain.brief import NEXT_STEPS, Brief, Situation
from serve.domain.event import EventDraft, EventType
from serve.domain.state import (
    Difficulty,
    InfrastructureTier,
    Locale,
    MoneyPressure,
    Stage,
    TrustTier,
)
from serve.domain.written import WrittenDraft, parse_lines
from serve.errors import ConfigurationError
from serve.prompts import load

FOLDER = Path(__file__).parent / "corpus"
_PROMPT = load("compact")
_HELD_BACK = 10
_BUCKETS = 8
_ORDERED = 0.5
_Cell = tuple[Locale, EventType, Stage]


class Example(NamedTuple):
    """What the model reads, and what it is to write."""

    prompt: str
    completion: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One written draft and the language it is written in."""

    locale: Locale
    written: WrittenDraft

    @property
    def held_back(self) -> bool:
        """Whether it is kept for evaluation: one draft in ten, by its id, for good."""
        digest = blake2b(self.written.id.encode(), digest_size=4).digest()
        return int.from_bytes(digest) % _HELD_BACK == 0

    @property
    def uses(self) -> str | None:
        """The infrastructure a player must own for it."""
        return min(self.written.needs, default=None)

    @property
    def offers(self) -> str | None:
        """The infrastructure a choice brings in."""
        return min(self.written.draft.offers, default=None)

    def briefs(self) -> Iterator[Brief]:
        """Every order this draft answers exactly."""
        written = self.written
        for features in product(written.stages, written.pressures, written.trusts):
            yield self.brief(*features, self.uses, self.offers)

    def brief(
        self,
        stage: Stage,
        pressure: MoneyPressure,
        trust: TrustTier,
        uses: str | None,
        offers: str | None,
    ) -> Brief:
        """An order for a draft like this one; the prompt says nothing of difficulty and tier."""
        situation = Situation(
            self.locale, stage, Difficulty.NORMAL, pressure, trust, InfrastructureTier.MANAGED
        )
        return Brief(situation, self.written.type, uses, offers)


def read(folder: Path = FOLDER) -> tuple[Entry, ...]:
    """The whole corpus. Raises ConfigurationError naming the first line that is wrong."""
    paths = sorted(folder.glob("*.jsonl"))
    if not paths:
        raise ConfigurationError(f"no drafts in {folder}")
    return tuple(
        Entry(Locale(path.name[:2]), written)
        for path in paths
        for written in parse_lines(path.read_text("utf-8"), path.name)
    )


def completion(draft: EventDraft) -> str:
    """The draft exactly as constrained decoding lets it be written: compact JSON, no empty lists."""
    return draft.model_dump_json(exclude_defaults=True)


def example(brief: Brief, draft: EventDraft) -> Example:
    return Example(_PROMPT.render(brief).user, completion(draft))


def fixed(entries: Iterable[Entry]) -> list[Example]:
    """One example a draft, always the same one: for evaluation."""
    return [example(next(entry.briefs()), entry.written.draft) for entry in entries]


class Sampler:
    """Examples at random, as even as the corpus allows by (locale, type, stage).

    Half of them are a draft with the order it answers exactly. The other half start from an order as the
    platform draws them; where no draft answers it exactly, one that speaks of less infrastructure than
    was asked does (a true answer still, for the player who has it), so that the model learns to leave
    out what it has no story for rather than to bring in what nobody owns.
    """

    def __init__(self, entries: Iterable[Entry], seed: int) -> None:
        cells = defaultdict[_Cell, list[Entry]](list)
        for entry in entries:
            for stage in entry.written.stages:
                cells[entry.locale, entry.written.type, stage].append(entry)
        self._cells, self._keys, self._seed = cells, sorted(cells), seed

    def batch(self, step: int, size: int) -> list[Example]:
        """The examples of one step, alike in length: the same for the same seed, whenever asked."""
        rng = Random(f"{self._seed}:{step // _BUCKETS}")
        drawn = sorted((self._draw(rng) for _ in range(size * _BUCKETS)), key=_length)
        buckets = [drawn[start : start + size] for start in range(0, len(drawn), size)]
        return rng.sample(buckets, _BUCKETS)[step % _BUCKETS]

    def _draw(self, rng: Random) -> Example:
        key = rng.choice(self._keys)
        uses, offers = _order(key[2], rng)
        fitting = self._fitting(key, uses, offers) if rng.random() < _ORDERED else []
        entry = rng.choice(fitting or self._cells[key])
        if not fitting:
            uses, offers = entry.uses, entry.offers
        written = entry.written
        features = rng.choice(written.pressures), rng.choice(written.trusts)
        choices = tuple(rng.sample(written.draft.choices, len(written.draft.choices)))
        return example(
            entry.brief(key[2], *features, uses, offers),
            written.draft.model_copy(update={"choices": choices}),
        )

    def _fitting(self, key: _Cell, uses: str | None, offers: str | None) -> list[Entry]:
        """Drafts that speak of as much of what is asked as any does, and of nothing else."""
        ranks = defaultdict[int, list[Entry]](list)
        for entry in self._cells[key]:
            if entry.uses in (None, uses) and entry.offers in (None, offers):
                ranks[(entry.uses is not None) + (entry.offers is not None)].append(entry)
        return ranks[max(ranks)] if ranks else []


def _order(stage: Stage, rng: Random) -> tuple[str | None, str | None]:
    """What a story uses and offers, drawn as `Brief.draw` does for some player of this stage."""
    stages = tuple(Stage)
    owned = [
        "EC2",
        *(name for one in stages[: stages.index(stage) + 1] for name in NEXT_STEPS[one]),
    ]
    uses = rng.choice(owned) if rng.random() < 0.6 else None
    steps = [name for name in NEXT_STEPS[stage] if name != uses]
    return uses, rng.choice(steps) if rng.random() < 0.4 else None


def _length(example: Example) -> int:
    return len(example.completion.encode())
