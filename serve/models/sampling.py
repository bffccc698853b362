"""What the model is shown while it learns: true variations of the drafts, drawn evenly.

A draft answers several situations, and one of three or more choices can be left out, so one draft
makes many true examples.
"""

from collections import defaultdict
from collections.abc import Iterable
from random import Random

from serve.domain.brief import NEXT_STEPS
from serve.domain.event import DraftChoice, EventDraft, EventType
from serve.domain.rules import needs
from serve.domain.state import Locale, Stage
from serve.models.corpus import Entry, Example, example

_BUCKETS = 8
_ORDERED = 0.7
_SHORTENED = 0.3
_Cell = tuple[Locale, EventType, Stage]


class Sampler:
    """Examples at random, as even as the corpus allows by (locale, type, stage).

    A third are a draft with the order it answers exactly. The others start from an order as the
    platform draws them; where no draft answers it exactly, one that speaks of less
    infrastructure than was asked does, so that the model learns to leave out what it has no story
    for rather than to bring in what nobody owns.
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
        return example(entry.brief(key[2], *features, uses, offers), _variant(written.draft, rng))

    def _fitting(self, key: _Cell, uses: str | None, offers: str | None) -> list[Entry]:
        """Drafts that speak of as much of what is asked as any does, and of nothing else."""
        ranks = defaultdict[int, list[Entry]](list)
        for entry in self._cells[key]:
            if entry.uses in (None, uses) and entry.offers in (None, offers):
                ranks[(entry.uses is not None) + (entry.offers is not None)].append(entry)
        return ranks[max(ranks)] if ranks else []


def _variant(draft: EventDraft, rng: Random) -> EventDraft:
    """The same event, now and then without one of three or four choices.

    The infrastructure of the story stays, and so does a choice that costs nothing: a player short
    of everything must survive one. The order stays too: shown in any order, a model this small
    loses count and writes the same choice twice.
    """
    if len(draft.choices) == 2 or rng.random() >= _SHORTENED:
        return draft
    choices = list(draft.choices)
    choices.pop(rng.randrange(len(choices)))
    shorter = draft.model_copy(update={"choices": tuple(choices)})
    same = (needs(shorter), shorter.offers) == (needs(draft), draft.offers)
    return shorter if same and any(map(_safe, choices)) else draft


def _safe(choice: DraftChoice) -> bool:
    return choice.cash >= 0 and choice.trust >= 0


def _order(stage: Stage, rng: Random) -> tuple[str | None, str | None]:
    """What a story uses and offers, drawn as `Brief.draw` does for some player of this stage."""
    stages = tuple(Stage)
    owned = ["EC2"]
    for passed in stages[: stages.index(stage) + 1]:
        owned += NEXT_STEPS[passed]
    uses = rng.choice(owned) if rng.random() < 0.6 else None
    steps = [name for name in NEXT_STEPS[stage] if name != uses]
    return uses, rng.choice(steps) if rng.random() < 0.4 else None


def _length(example: Example) -> int:
    return len(example.completion.encode())
