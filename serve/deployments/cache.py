"""EventCache: single-flight, the pool's writer, refills."""

import asyncio
from collections.abc import Callable
from typing import Any

from ray.serve.handle import DeploymentHandle

from serve.adapters.openai_judge import OpenAIMarker
from serve.adapters.prompt_registry import PromptRegistry
from serve.adapters.redis_store import RedisStore
from serve.adapters.review_store import SqlReviewStore
from serve.adapters.slack import Slack
from serve.adapters.totals import Totals
from serve.deployments.background import Reporter, every
from serve.deployments.handles import EngineHandle, ScorerHandle, ValidatorHandle
from serve.domain.balance import BalancePolicy
from serve.domain.brief import Situation
from serve.domain.state import GameState, Locale
from serve.generation import Generator
from serve.judging import Judging
from serve.metrics import Tally
from serve.pool import PooledDraft
from serve.prompts import PromptVariant, load
from serve.quality.judge import Judge
from serve.release.flags import FlagBoard
from serve.release.recovery import Recovery
from serve.review import ReviewQueue
from serve.service import EventService
from serve.serving import Order
from serve.settings import JudgeConfig, PlatformArgs, Settings
from serve.telemetry import configure, span
from serve.writer import PoolWriter


class EventCache:
    def __init__(
        self,
        args: PlatformArgs,
        settings: Settings,
        model: str,
        engine: DeploymentHandle[Any],
        validator: DeploymentHandle[Any],
        scorer: DeploymentHandle[Any],
        policy: BalancePolicy,
    ) -> None:
        configure("EventCache")
        store, tally = RedisStore(settings.redis_url, args.pool), Tally()
        self._reviews = ReviewQueue(
            SqlReviewStore(settings.review_database), policy, tally, settings.review_sample
        )
        prompt = load(args.prompt)
        self._prompts = (
            PromptRegistry(settings.prompts, prompt, tally, self._switch)
            if settings.prompts
            else None
        )
        self._generator = Generator(
            EngineHandle(engine),
            ValidatorHandle(validator),
            ScorerHandle(scorer),
            self._prompts.current if self._prompts else prompt,
            model,
        )
        self._flags = FlagBoard(store, {EventService.FLAG: settings.events_enabled}, tally)
        self._recovery = Recovery(
            args.breaker,
            EventService.FLAG,
            self._flags,
            tally,
            Slack(settings.slack_url, tally).tell,
        )
        self._shadow = _shadow_order(policy)
        self._writer = PoolWriter(
            self._generator,
            store,
            tally,
            budget_s=args.generation_budget_s,
            background=args.background_generations,
            on_written=self._hook(settings.judge, policy, tally),
            breaker=self._recovery.breaker,
        )
        self._reporter = Reporter(
            tally,
            Totals(store),
            self._writer.measure,
            self._reviews.measure,
            self._recovery.measure,
        )
        self._background: asyncio.Future[list[None]] | None = None

    def _hook(
        self, judge: JudgeConfig | None, policy: BalancePolicy, tally: Tally
    ) -> Callable[[PooledDraft, GameState], None]:
        """What is told of every draft kept: the reviews, by way of the judge where there is one."""
        if judge is None:
            return self._reviews.offer
        marker = OpenAIMarker(judge.endpoint, judge.model, judge.key)
        judging = Judging(
            Judge(marker, policy), policy, tally, self._reviews.offer, sample=judge.sample
        )
        return judging.offer

    async def obtain(self, order: Order, wait_s: float) -> PooledDraft | None:
        """A draft within `wait_s` seconds, or None; what comes later still enters the pool."""
        with span("cache", carried=order.trace):
            return await self._writer.obtain(order, wait_s)

    async def refill(self, order: Order) -> None:
        with span("refill", carried=order.trace):
            self._writer.refill(order)

    async def check_health(self) -> None:
        """Called by Ray Serve; the first call starts the reports on the replica's loop."""
        if self._background is None or self._background.done():
            jobs = [
                every(1, self._reporter.report),
                every(1, self._reviews.flush),
                every(1, self._flags.follow, self._watch),
            ]
            if self._prompts:
                jobs.append(every(self._prompts.poll_s, self._prompts.follow))
            self._background = asyncio.gather(*jobs)

    async def _watch(self) -> None:
        await self._recovery.watch(lambda: self._writer.shadow(self._shadow))

    def _switch(self, prompt: PromptVariant) -> None:
        self._generator.prompt = prompt


def _shadow_order(policy: BalancePolicy) -> Order:
    """What shadow generations write: an event for an ordinary young company, which the pool keeps."""
    state = GameState(current_turn=5, cash=30_000_000, users=800, trust=50, infrastructure=("EC2",))
    situation = Situation.of(state, Locale.KO, policy)
    return Order(situation=situation, state=state, event_type=None, known=())
