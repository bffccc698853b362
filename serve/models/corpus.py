"""The drafts the bundled model learns from, and the (prompt, completion) pairs they make."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import product
from pathlib import Path
from typing import NamedTuple

from serve.domain.brief import Brief, Situation
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
from serve.prompts import load

FOLDER = Path(__file__).parent / "corpus"
_PROMPT = load("compact")
_HELD_BACK = 10


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
    """The draft as constrained decoding lets it be written: compact JSON, no empty lists."""
    return draft.model_dump_json(exclude_defaults=True)


def example(brief: Brief, draft: EventDraft) -> Example:
    return Example(_PROMPT.render(brief).user, completion(draft))


def fixed(entries: Iterable[Entry]) -> list[Example]:
    """One example a draft, always the same one: for evaluation."""
    return [example(next(entry.briefs()), entry.written.draft) for entry in entries]
