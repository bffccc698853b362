"""Where simulated engines take their drafts from: real ones, written before."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple, Protocol, TypeVar

from evaluation.suite.journal import read_journal
from serve.domain.balance import BalancePolicy, resolve
from serve.domain.brief import Brief
from serve.domain.event import EventDraft, EventType
from serve.domain.rules import needs
from serve.domain.state import GameState, Locale, Stage
from serve.errors import ConfigurationError
from serve.models.corpus import Entry, read
from serve.quality import Quality, score

T = TypeVar("T")
_Kind = tuple[Locale, EventType]


class Supplied(NamedTuple):
    """A draft, what it scores, and the id of the story it tells, by whoever wrote it."""

    draft: EventDraft
    quality: Quality
    story: str


class Supply(Protocol):
    """What an engine could have written."""

    def draw(self, brief: Brief, state: GameState, rng: Random) -> Supplied | None:
        """A draft as ordered, or as near as there is; None where nothing suits this player."""
        ...


class CorpusSupply:
    """The stories the bundled model learnt from, each time in other words."""

    def __init__(self, policy: BalancePolicy) -> None:
        self._entries = defaultdict[_Kind, list[Entry]](list)
        for entry in read():
            self._entries[entry.locale, entry.written.type].append(entry)
        self._policy, self._quality = policy, cache(self._scored)

    def draw(self, brief: Brief, state: GameState, rng: Random) -> Supplied | None:
        entries = self._entries[brief.situation.locale, brief.event_type]
        fitting = [entry for entry in entries if entry.written.fits(state)]
        entry = _drawn(fitting, (_of_situation(brief), _of_order(brief)), rng)
        if entry is None:
            return None
        draft = entry.written.draft
        worded = entry.wordings.vary(draft, rng) if entry.wordings else draft
        return Supplied(worded, self._quality(entry), entry.written.id)

    def _scored(self, entry: Entry) -> Quality:
        """In its first wording, for an ordinary company that owns what it needs."""
        written = entry.written
        state = GameState(
            current_turn=written.stages[0].first_turn,
            cash=80_000_000,
            users=1000,
            trust=50,
            infrastructure=("EC2", *sorted(written.needs - {"EC2"})),
        )
        event = resolve(
            written.draft, written.type, state, self._policy, event_id=written.id, seed=written.id
        )
        return score(event, state, self._policy, entry.locale)


class _Written(NamedTuple):
    stage: Stage
    needs: frozenset[str]
    supplied: Supplied


class JournalSupply:
    """What a run generated: the drafts of its journal, each a story of its own."""

    def __init__(self, path: Path) -> None:
        """Raises ConfigurationError where there is no such file, or no draft in it."""
        if not path.is_file():
            raise ConfigurationError(
                f"drafts {path}: there is no such file; name the journal.jsonl of a run, or `corpus`"
            )
        self._written = defaultdict[_Kind, list[_Written]](list)
        for one in read_journal(path):
            if one.draft and one.quality and not one.violations:
                story = f"{one.arm}|{one.scenario}|{one.repeat}"
                supplied = Supplied(one.draft, one.quality, story)
                written = _Written(one.game_state.stage, needs(one.draft), supplied)
                self._written[one.locale, one.event_type].append(written)
        if not self._written:
            raise ConfigurationError(
                f"drafts {path}: holds none; a platform's run tells no drafts, a pipeline's does"
            )

    def draw(self, brief: Brief, state: GameState, rng: Random) -> Supplied | None:
        fitting = [
            one
            for one in self._written[brief.situation.locale, brief.event_type]
            if one.needs <= state.owned and not one.supplied.draft.offers & state.owned
        ]
        found = _drawn(fitting, (lambda one: one.stage is state.stage,), rng)
        return found.supplied if found else None


def open_supply(name: str, policy: BalancePolicy) -> Supply:
    """`corpus`, or the path of a journal. Raises ConfigurationError."""
    return CorpusSupply(policy) if name == "corpus" else JournalSupply(Path(name))


def _of_situation(brief: Brief) -> Callable[[Entry], bool]:
    asked = brief.situation
    return lambda entry: (
        asked.pressure in entry.written.pressures and asked.trust in entry.written.trusts
    )


def _of_order(brief: Brief) -> Callable[[Entry], bool]:
    return lambda entry: (entry.uses, entry.offers) == (brief.uses, brief.offers)


def _drawn(found: Iterable[T], wishes: Sequence[Callable[[T], bool]], rng: Random) -> T | None:
    """One by chance of those that fulfil the wishes, the first counting most."""
    left = list(found)
    for wish in wishes:
        left = [one for one in left if wish(one)] or left
    return rng.choice(left) if left else None
