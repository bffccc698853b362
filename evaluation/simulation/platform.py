"""The platform in one process and in virtual time: its own service and writer, drafts from a supply."""

import asyncio
from collections.abc import Sequence
from math import inf
from random import Random

from evaluation.simulation.shared_pool import SharedPool
from evaluation.simulation.supply import Supply
from evaluation.simulation.traffic import EngineSpeed
from serve.domain.balance import BalancePolicy, resolve
from serve.domain.brief import Brief
from serve.domain.event import EventDraft
from serve.domain.rules import violations
from serve.domain.state import GameState, Locale
from serve.errors import EngineTimeout
from serve.generation import Generator, Rejected
from serve.pool import PooledDraft, Variant, pool_key
from serve.prompts import load
from serve.quality import Verdict
from serve.release.arms import CURRENT
from serve.release.board import ORDINARY, Standing
from serve.service import Clock, EventService
from serve.serving import Ask, Order, Served, draft_of
from serve.settings import PlatformArgs
from serve.static_events import StaticLibrary
from serve.tally import Tally
from serve.writer import PoolWriter


class Author(Generator):
    """Takes from a supply what an engine would have written, and as long as it would have taken."""

    def __init__(
        self, supply: Supply, policy: BalancePolicy, speed: EngineSpeed, prompt: str, rng: Random
    ) -> None:
        self.prompt, self.model = load(prompt), "supply"
        self._supply, self._policy, self._speed, self._rng = supply, policy, speed, rng
        self._free = asyncio.Semaphore(speed.parallel)
        self.origins: dict[str, str] = {}
        """The supply's own name of each draft's story."""
        self.stories: dict[str, str] = {}
        """The platform's."""

    async def write(
        self, brief: Brief, state: GameState, others: Sequence[EventDraft], timeout_s: float
    ) -> PooledDraft:
        """As `Generator.write`; what has been written already is not compared with `others`."""
        del others
        took = await self._work(timeout_s)
        found = self._supply.draw(brief, state, self._rng)
        if found is None:
            raise Rejected("supply.empty")
        locale = brief.situation.locale
        event = resolve(
            found.draft, brief.event_type, state, self._policy, event_id="draft", seed="draft"
        )
        if broken := violations(event, state, self._policy, locale):
            raise Rejected(broken[0].rule)
        if found.quality.verdict is Verdict.DISCARD:
            raise Rejected("quality.discard")
        draft_id = f"{len(self.origins):x}"
        self.origins[draft_id] = found.story
        return PooledDraft(
            draft_id=draft_id,
            key=pool_key(brief.situation, self.prompt.version, self.model),
            locale=locale,
            event_type=brief.event_type,
            draft=found.draft,
            quality=found.quality,
            prompt_version=self.prompt.version,
            model=self.model,
            seed=0,
            created_at=asyncio.get_running_loop().time(),
            timings_ms={"firstToken": 0.0, "engine": took * 1000},
        )

    async def _work(self, timeout_s: float) -> float:
        """Waits for a free place and as long as writing takes; returns the seconds it took."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            async with asyncio.timeout(timeout_s), self._free:
                await asyncio.sleep(self._speed.seconds * self._rng.uniform(0.5, 1.5))
        except TimeoutError as error:
            raise EngineTimeout("the engine is busy") from error
        return loop.time() - started


class Platform:
    """One replica of everything. Its players are asked for no key, and its clock is the loop's."""

    def __init__(
        self,
        policy: BalancePolicy,
        library: StaticLibrary,
        supply: Supply,
        speed: EngineSpeed,
        args: PlatformArgs,
        ttl_s: float,
        seed: str,
    ) -> None:
        now = asyncio.get_running_loop().time
        self.tally, self._args = Tally(), args
        self._author = Author(supply, policy, speed, args.prompt, Random(f"{seed}|engine"))
        self.pool = SharedPool(args.pool, now)
        self._writer = PoolWriter(
            self._author,
            self.pool,
            self.tally,
            budget_s=args.generation_budget_s,
            at_once=args.concurrent_generations,
            background=args.background_generations,
            on_written=self._named,
            clock=now,
            rng=Random(f"{seed}|writer"),
        )
        self._service = EventService(
            policy=policy,
            library=library,
            pool=self.pool,
            desk=self,
            switch=self,
            releases=self,
            tally=self.tally,
            variants={CURRENT: Variant(self._author.prompt.version, self._author.model)},
            ttl_s=ttl_s,
            largest=args.pool.largest,
            clock=Clock(now, now),
            rng=Random(f"{seed}|service"),
        )

    async def next_event(self, player_id: str, state: GameState, locale: Locale) -> Served:
        """The player's next event, after as long as they would have waited for it."""
        return await self._service.next_event(Ask(player_id, state, locale, None, inf))

    def told(self, served: Served) -> tuple[str, str]:
        """(the platform's name, the supply's name) of the story an event tells."""
        draft_id = draft_of(served.event_id)
        author = self._author
        return author.stories.get(draft_id, draft_id), author.origins.get(draft_id, draft_id)

    async def obtain(self, order: Order, wait_s: float) -> PooledDraft | None:
        """Within the platform's deadline; the asker's own is in real time, which stands still."""
        return await self._writer.obtain(order, min(wait_s, self._args.default_deadline_s))

    def refill(self, order: Order) -> None:
        self._writer.refill(order)

    def enabled(self, name: str) -> bool:
        """The feature flag is on."""
        return name == EventService.FLAG

    def standing(self, player_id: str) -> Standing:  # noqa: ARG002 - a port's signature
        """Nothing is being rolled out."""
        return ORDINARY

    def _named(self, draft: PooledDraft, _: GameState) -> None:
        self._author.stories[draft.draft_id] = draft.story
