"""The drafts the bundled model learns from, and the (prompt, completion) pairs they make."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice, product
from pathlib import Path
from typing import NamedTuple

from serve.domain.brief import ANGLES, Brief, Situation
from serve.domain.event import EventDraft
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
from serve.models.wordings import Wordings, read_wordings
from serve.prompts import load

FOLDER = Path(__file__).parent / "corpus"
_PROMPT = load("compact")
_HELD_BACK = 10


class Example(NamedTuple):
    """What the model reads, and what it is to write."""

    prompt: str
    completion: str


def held_back(prompt: str) -> bool:
    """Whether this order, all its features together and from every angle, is kept for evaluation:
    one in ten, for good."""
    features = prompt.rpartition("#")[0]
    digest = blake2b(features.encode(), digest_size=4).digest()
    return int.from_bytes(digest) % _HELD_BACK == 0


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One written draft, the language it is written in, and the other ways to say it."""

    locale: Locale
    written: WrittenDraft
    wordings: Wordings | None = None

    @property
    def drafts(self) -> int:
        """How many drafts its wordings make, its own included."""
        return 1 if self.wordings is None else self.wordings.combinations

    def texts(self) -> Iterator[str]:
        """Every text there is of it."""
        yield from (text for _, text in self.written.draft.texts())
        if self.wordings is not None:
            yield from self.wordings.texts()

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
            yield self.brief(*features, self.uses, self.offers, self.angle)

    @property
    def angle(self) -> int:
        """Its own, by its id: an angle means an eighth of the stories to this model."""
        return blake2b(self.written.id.encode(), digest_size=1).digest()[0] % ANGLES

    def brief(
        self,
        stage: Stage,
        pressure: MoneyPressure,
        trust: TrustTier,
        uses: str | None,
        offers: str | None,
        angle: int,
    ) -> Brief:
        """An order for a draft like this one; the prompt says nothing of difficulty and tier."""
        situation = Situation(
            self.locale, stage, Difficulty.NORMAL, pressure, trust, InfrastructureTier.MANAGED
        )
        return Brief(situation, self.written.type, uses, offers, angle)


def read(folder: Path = FOLDER) -> tuple[Entry, ...]:
    """The whole corpus. Raises ConfigurationError naming the first line that is wrong."""
    paths = sorted(folder.glob("*.jsonl"))
    if not paths:
        raise ConfigurationError(f"no drafts in {folder}")
    return tuple(entry for path in paths for entry in _entries(path))


def _entries(path: Path) -> Iterator[Entry]:
    wordings = read_wordings(path.parent / "wordings" / path.name)
    for written in parse_lines(path.read_text("utf-8"), path.name):
        yield Entry(Locale(path.name[:2]), written, wordings.pop(written.id, None))
    for unknown in wordings:
        raise ConfigurationError(f"wordings/{path.name}: {path.name} has no draft {unknown}")


def completion(draft: EventDraft) -> str:
    """The draft as constrained decoding lets it be written: compact JSON, no empty lists."""
    return draft.model_dump_json(exclude_defaults=True)


def example(brief: Brief, draft: EventDraft) -> Example:
    return Example(_PROMPT.render(brief).user, completion(draft))


def held_back_examples(entries: Iterable[Entry]) -> list[Example]:
    """The first held-back order of each draft that answers one, with the draft: for evaluation."""
    found = list[Example]()
    for entry in entries:
        examples = (example(brief, entry.written.draft) for brief in entry.briefs())
        found += islice((one for one in examples if held_back(one.prompt)), 1)
    return found
