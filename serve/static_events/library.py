"""Loads the hand-written events and finds one that keeps every rule for a player."""

from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from random import Random

from serve.domain.balance import BalancePolicy, resolve
from serve.domain.event import EventType
from serve.domain.ready import Ready
from serve.domain.state import GameState, Locale
from serve.domain.written import WrittenDraft, parse_lines
from serve.quality import Quality, score
from serve.static_events.points import known


class StaticLibrary:
    """The hand-written events of every locale."""

    def __init__(self, policy: BalancePolicy) -> None:
        self._policy = policy
        self._drafts = {locale: tuple(_load(locale)) for locale in Locale}
        self._by_id = {
            written.id: written for drafts in self._drafts.values() for written in drafts
        }
        self._points = known(policy)
        self.quality = lru_cache(maxsize=None)(self._quality)
        self.ready = lru_cache(maxsize=None)(self._ready)

    def prepare(self) -> None:
        """Works out what is the same for every player, so that the first one does not wait for it: at
        once, and for a balance table of one's own in some ten seconds."""
        for name in self.ids():
            self.ready(name)
            self.points(name)

    def ids(self) -> tuple[str, ...]:
        """Of every event."""
        return tuple(self._by_id)

    def drafts(self, locale: Locale) -> tuple[WrittenDraft, ...]:
        return self._drafts[locale]

    def find(self, draft_id: str) -> WrittenDraft | None:
        return self._by_id.get(draft_id)

    def candidates(
        self,
        state: GameState,
        locale: Locale,
        event_type: EventType | None,
        rng: Random,
    ) -> list[WrittenDraft]:
        """Every event of the locale, best first: of the stage, then of the type asked for."""
        drafts = list(self._drafts[locale])
        rng.shuffle(drafts)
        return sorted(
            drafts,
            key=lambda written: (
                not written.fits(state),
                event_type is not None and written.type is not event_type,
            ),
        )

    def points(self, draft_id: str) -> Quality:
        """Its rubric points; reasons only where they had to be worked out."""
        return self._points.get(draft_id) or self.quality(draft_id)

    def _ready(self, draft_id: str) -> Ready:
        """The draft, as players are served it."""
        written = self._by_id[draft_id]
        return Ready(written.draft, written.type, Locale(draft_id[:2]))

    def _quality(self, draft_id: str) -> Quality:
        """Rubric points for an ordinary company of the event's first stage; computed once."""
        written = self._by_id[draft_id]
        state = GameState(
            current_turn=written.stages[0].first_turn,
            cash=80_000_000,
            users=1000,
            trust=50,
            infrastructure=("EC2",),
        )
        locale = Locale(draft_id[:2])
        event = resolve(
            written.draft, written.type, state, self._policy, event_id="static", seed=draft_id
        )
        return score(event, state, self._policy, locale)


def _load(locale: Locale) -> Iterator[WrittenDraft]:
    for entry in sorted(files("serve.static_events").iterdir(), key=lambda entry: entry.name):
        if entry.name.startswith(f"{locale}-") and entry.name.endswith(".jsonl"):
            yield from parse_lines(entry.read_text("utf-8"), entry.name)
