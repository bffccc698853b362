"""The product in one method: `EventService.next_event` finds a player's next event, in time."""

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from random import Random
from typing import NamedTuple, Protocol

from serve import metrics
from serve.domain.balance import CHOICE_IDS, BalancePolicy
from serve.domain.brief import Situation
from serve.domain.event import GameEvent
from serve.domain.rules import violations
from serve.errors import origin
from serve.pool import PooledDraft, Traffic, Variant, in_turn, pool_key, split, target_size
from serve.release.arms import CURRENT
from serve.release.board import Standing
from serve.serving import Ask, Order, Served, Source, event_id, is_own
from serve.static_events import StaticLibrary
from serve.tally import Tally
from serve.telemetry import carry, span

_log = logging.getLogger(__name__)

_RESULT = {Source.POOL: "hit", Source.STALE: "stale"}


class Desk(Protocol):
    """Where drafts are ordered; neither call raises."""

    async def obtain(self, order: Order, wait_s: float) -> PooledDraft | None:
        """A draft not among the known ones, or None when none came in time."""
        ...

    def refill(self, order: Order) -> None:
        """Orders a draft for the pool and does not wait."""
        ...


class Switch(Protocol):
    """The feature flag, read without waiting."""

    def enabled(self, name: str) -> bool: ...


class Releases(Protocol):
    """Who has what while something is rolled out, read without waiting."""

    def standing(self, player_id: str) -> Standing: ...


class Pool(Protocol):
    """The drafts there are, and what each player has seen; no call raises."""

    async def drafts(self, key: str) -> list[PooledDraft]: ...

    def add(self, draft: PooledDraft) -> None: ...

    async def claim(self, player_id: str, stories: Sequence[str]) -> str | None:
        """The first of these stories that the player has not seen, marked as seen from now on."""
        ...


class Clock(NamedTuple):
    """Two clocks in seconds: Unix time, and one that is never set back."""

    now: Callable[[], float] = time.time
    steady: Callable[[], float] = time.monotonic


class EventService:
    """Serves events from the pool, the engine, the stale pool, or the hand-written ones."""

    FLAG = "llm-events"

    def __init__(
        self,
        *,
        policy: BalancePolicy,
        library: StaticLibrary,
        pool: Pool,
        desk: Desk,
        switch: Switch,
        releases: Releases,
        tally: Tally,
        variants: dict[str, Variant],
        ttl_s: float,
        largest: int,
        clock: Clock = Clock(),  # noqa: B008 - it cannot be changed
        rng: Random | None = None,
    ) -> None:
        self._policy, self._library, self._pool, self._desk = policy, library, pool, desk
        self._switch, self._releases, self._tally = switch, releases, tally
        self.variants = variants
        """`current` and, where one is deployed, `candidate`; may be replaced at any time."""
        self._ttl_s, self._largest = ttl_s, largest
        self._traffic, self._rng, self._clock = Traffic(ttl_s), rng or Random(), clock

    async def next_event(self, ask: Ask) -> Served:
        """The best event there is for this player before the deadline."""
        return await self.at_once(ask) or await self.in_time(ask)

    async def at_once(self, ask: Ask) -> Served | None:
        """What needs no writing: of the pool, or hand-written while the flag is off."""
        return await self._guarded(self._ready(ask), ask)

    async def in_time(self, ask: Ask) -> Served:
        """Where there is nothing at once: a new draft by the deadline, else a hand-written event."""
        served = await self._guarded(self._written(ask), ask)
        return served or await self._static(ask, "no_draft")

    def may_repeat(self, ask: Ask, source: Source, event: GameEvent) -> bool:
        """Whether an answer kept from earlier may be given again: made for this player, no rule broken."""
        wanted = source is Source.STATIC or ask.event_type in (None, event.event_type)
        ids = [choice.choice_id for choice in event.choices]
        return (
            wanted
            and is_own(event.event_id, ask.player_id)
            and ids == list(CHOICE_IDS[: len(ids)])
            and not violations(event, ask.state, self._policy, ask.locale)
        )

    async def _guarded(self, serving: Awaitable[Served | None], ask: Ask) -> Served | None:
        """A fault of ours costs the player the better event, never the event."""
        try:
            return await serving
        except Exception as error:  # noqa: BLE001 - the last line of defence
            _log.error("%s\n%s", type(error).__name__, origin(error))
            return await self._static(ask, "error")

    async def _ready(self, ask: Ask) -> Served | None:
        standing = self._releases.standing(ask.player_id)
        if not (standing.events and self._switch.enabled(self.FLAG)):
            return await self._static(ask, "flag_off")
        situation = Situation.of(ask.state, ask.locale, self._policy)
        key = pool_key(situation, *self._variant(standing))
        drafts = await self._pool.drafts(key)
        fresh, stale = split(drafts, self._clock.now(), self._ttl_s)
        wanted = target_size(self._traffic.count(key, self._clock.steady()), self._largest)
        if len(fresh) < wanted and drafts:
            self._desk.refill(_order(ask, standing, situation, drafts))
        served = await self._unseen(ask, fresh, Source.POOL, standing.arm)
        served = served or await self._unseen(ask, stale, Source.STALE, standing.arm)
        self._tally.count(metrics.CACHE, _RESULT[served.source] if served else "miss")
        return served

    async def _unseen(
        self, ask: Ask, drafts: Sequence[PooledDraft], source: Source, arm: str
    ) -> Served | None:
        left = in_turn(drafts, ask.state, ask.event_type, self._rng)
        while left:
            claimed = await self._pool.claim(ask.player_id, [draft.story for draft in left])
            if claimed is None:
                return None
            position = next(i for i, draft in enumerate(left) if draft.story == claimed)
            if served := self._served(ask, left[position], source, arm):
                return served
            left = left[position + 1 :]
        return None

    async def _written(self, ask: Ask) -> Served | None:
        if ask.left <= 0:
            return None
        standing = self._releases.standing(ask.player_id)
        situation = Situation.of(ask.state, ask.locale, self._policy)
        known = await self._pool.drafts(pool_key(situation, *self._variant(standing)))
        with span("obtain"):
            draft = await self._desk.obtain(_order(ask, standing, situation, known), ask.left)
        if draft is None:
            self._tally.count(metrics.LATE, by=ask.left <= 0)
            return None
        self._pool.add(draft)
        served = self._served(ask, draft, Source.LLM, standing.arm)
        if served and await self._pool.claim(ask.player_id, [draft.story]) is None:
            self._tally.count(metrics.REPEATS)
            return replace(served, repeat=True)
        return served

    async def _static(self, ask: Ask, reason: str) -> Served:
        candidates = self._library.candidates(ask.state, ask.locale, ask.event_type, self._rng)
        fitting = [written.id for written in candidates if written.fits(ask.state)]
        first = await self._pool.claim(ask.player_id, fitting)
        self._tally.count(metrics.REPEATS, by=first is None)
        for written in sorted(candidates, key=lambda written: written.id != first):
            ready = self._library.ready(written.id)
            figures = ready.figures(ask.state, self._policy, f"{written.id}|{ask.player_id}")
            if figures is not None:
                return Served(
                    Source.STATIC,
                    event_id(written.id, ask.player_id),
                    ready,
                    figures,
                    self._library.points(written.id),
                    "static",
                    "static",
                    0.0,
                    first is None,
                    self._releases.standing(ask.player_id).arm,
                    reason,
                )
        raise LookupError("no hand-written event keeps the rules for this state")

    def _variant(self, standing: Standing) -> Variant:
        return self.variants.get(standing.variant) or self.variants[CURRENT]

    def _served(self, ask: Ask, draft: PooledDraft, source: Source, arm: str) -> Served | None:
        """The draft with the player's figures, checked for the player; None if it breaks a rule."""
        if not draft.sound or draft.locale is not ask.locale:
            return None
        figures = draft.ready.figures(ask.state, self._policy, f"{draft.draft_id}|{ask.player_id}")
        if figures is None:
            return None
        return Served(
            source,
            event_id(draft.draft_id, ask.player_id),
            draft.ready,
            figures,
            draft.quality,
            draft.prompt_version,
            draft.model,
            draft.age(self._clock.now()),
            arm=arm,
            timings_ms=draft.timings_ms if source is Source.LLM else {},
        )


def _order(
    ask: Ask, standing: Standing, situation: Situation, drafts: Sequence[PooledDraft]
) -> Order:
    return Order(
        situation=situation,
        state=ask.state,
        event_type=ask.event_type,
        known=tuple(draft.draft_id for draft in drafts),
        variant=standing.variant,
        arm=standing.arm,
        client=ask.client,
        trace=carry(),
    )
