"""What the model is shown while it learns: true variations of the drafts, drawn evenly.

A draft answers several situations, its fields can be worded several ways, and one of three or more
choices can be left out, so one draft makes hundreds of true examples.
"""

from collections import defaultdict
from collections.abc import Iterable
from random import Random

from serve.domain.brief import ANGLES, NEXT_STEPS
from serve.domain.event import DraftChoice, EventDraft, EventType
from serve.domain.rules import needs
from serve.domain.state import Locale, Stage
from serve.models.corpus import Entry, Example, example, held_back

_BUCKETS = 8
_ORDERED = 0.7
_SHORTENED = 0.3
_KOREAN = 0.7
_EXACT = 12
"""How much likelier a draft is for each thing asked for, infrastructure or angle, that it has."""
_Cell = tuple[Locale, EventType, Stage]


class Sampler:
    """Examples at random, as even as the corpus allows by (locale, type, stage).

    A third are a draft with the order it answers exactly. The others start from an order as the
    platform draws them: mostly a draft that speaks of what was asked answers it, now and then one
    that speaks of less, never one that speaks of more. So the model learns to leave out what it has
    no story for rather than to bring in what nobody owns, and has several stories for every order.
    """

    def __init__(self, entries: Iterable[Entry], seed: int) -> None:
        cells = defaultdict[_Cell, list[Entry]](list)
        for entry in entries:
            for stage in entry.written.stages:
                cells[entry.locale, entry.written.type, stage].append(entry)
        self._cells, self._seed = cells, seed
        self._keys = {locale: sorted(key for key in cells if key[0] is locale) for locale in Locale}

    def batch(self, step: int, size: int) -> list[Example]:
        """The examples of one step, alike in length: the same for the same seed, whenever asked."""
        rng = Random(f"{self._seed}:{step // _BUCKETS}")
        drawn = sorted((self._draw(rng) for _ in range(size * _BUCKETS)), key=_length)
        buckets = [drawn[start : start + size] for start in range(0, len(drawn), size)]
        return rng.sample(buckets, _BUCKETS)[step % _BUCKETS]

    def _draw(self, rng: Random) -> Example:
        """An example whose order is not held back."""
        while True:
            drawn = self._any(rng)
            if not held_back(drawn.prompt):
                return drawn

    def _any(self, rng: Random) -> Example:
        locale = Locale.KO if rng.random() < _KOREAN else Locale.EN
        key = rng.choice(self._keys[locale])
        uses, offers = _order(key[2], rng)
        angle = rng.randrange(ANGLES)
        fitting = self._fitting(key, uses, offers, angle) if rng.random() < _ORDERED else {}
        if fitting:
            entry = rng.choices(list(fitting), list(fitting.values()))[0]
        else:
            entry = rng.choice(self._cells[key])
            uses, offers, angle = entry.uses, entry.offers, entry.angle
        written = entry.written
        features = rng.choice(written.pressures), rng.choice(written.trusts)
        return example(entry.brief(key[2], *features, uses, offers, angle), _variant(entry, rng))

    def _fitting(
        self, key: _Cell, uses: str | None, offers: str | None, angle: int
    ) -> dict[Entry, int]:
        """Drafts that speak of nothing but what is asked, the likelier the more they speak of it."""
        return {
            entry: _EXACT
            ** sum((entry.uses is not None, entry.offers is not None, entry.angle == angle))
            for entry in self._cells[key]
            if entry.uses in (None, uses) and entry.offers in (None, offers)
        }


def _variant(entry: Entry, rng: Random) -> EventDraft:
    """The same event in other words, now and then without one of three or four choices.

    The infrastructure of the story stays, and so does a choice that costs nothing: a player short
    of everything must survive one. The order stays too: shown in any order, a model this small
    loses count and writes the same choice twice.
    """
    draft = entry.written.draft
    if entry.wordings is not None:
        draft = entry.wordings.vary(draft, rng)
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
