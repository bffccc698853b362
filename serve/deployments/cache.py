"""EventCache: single-flight, the pool's writer, refills."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from ray.serve.handle import DeploymentHandle

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
from serve.pool import PooledDraft, Variant
from serve.prompts import PromptVariant, load
from serve.quality.judge import Judge
from serve.release.arms import CANDIDATE, CURRENT
from serve.release.board import RolloutBoard
from serve.release.controller import Controller
from serve.release.desk import RolloutDesk
from serve.release.flags import FlagBoard
from serve.release.recovery import Recovery
from serve.review import ReviewQueue
from serve.service import EventService
from serve.serving import Order
from serve.settings import BreakerConfig, JudgeConfig, PlatformArgs, Settings
from serve.tally import Tally
from serve.telemetry import configure, span
from serve.writer import PoolWriter


class EventCache:
    def __init__(
        self,
        args: PlatformArgs,
        settings: Settings,
        model: str,
        candidate: Variant | None,
        engine: DeploymentHandle[Any],
        canary: DeploymentHandle[Any],
        validator: DeploymentHandle[Any],
        scorer: DeploymentHandle[Any],
        policy: BalancePolicy,
    ) -> None:
        configure("EventCache")
        self._store, self._tally = RedisStore(settings.redis_url, args.pool), Tally()
        self._args, self._slack = args, Slack(settings.slack_url, self._tally)
        self._reviews = ReviewQueue(
            SqlReviewStore(settings.review_database), policy, self._tally, settings.review_sample
        )
        prompt = load(args.prompt)
        self._prompts = (
            PromptRegistry(settings.prompts, prompt, self._tally, self._switch)
            if settings.prompts
            else None
        )
        judges = ValidatorHandle(validator), ScorerHandle(scorer)
        prompt = self._prompts.current if self._prompts else prompt
        self._generator = Generator(EngineHandle(engine), *judges, prompt, model)
        self._flags = FlagBoard(
            self._store, {EventService.FLAG: settings.events_enabled}, self._tally
        )
        self._shadow = _shadow_order(policy)
        self._on_written = self._hook(settings.judge, policy)
        self._paths = {CURRENT: self._path(self._generator, args.breaker)}
        if candidate and args.candidate:
            tried = load(args.candidate.prompt or args.prompt)
            generator = Generator(EngineHandle(canary), *judges, tried, candidate.model)
            # The flag is about all players: what is tried on some does not switch it.
            breaker = args.breaker.model_copy(update={"auto_restore": False})
            self._paths[CANDIDATE] = self._path(generator, breaker, CANDIDATE)
        totals, current = Totals(self._store), self._paths[CURRENT]
        self._rollouts = RolloutBoard(self._store, self._tally, str(candidate or ""))
        desk = RolloutDesk(
            args.rollout,
            self._rollouts,
            self._flags,
            EventService.FLAG,
            totals.counted,
            self._slack.tell,
        )
        self._controller = Controller(desk, self._store)
        self._reporter = Reporter(
            self._tally,
            totals,
            current.writer.measure,
            current.recovery.measure,
            self._reviews.measure,
            self._rollouts.measure,
        )
        self._background: asyncio.Future[list[None]] | None = None

    def _path(self, generator: Generator, breaker: BreakerConfig, name: str = CURRENT) -> "_Path":
        """From orders to drafts, with a breaker of its own."""
        recovery = Recovery(
            breaker,
            EventService.FLAG,
            self._flags,
            self._tally,
            self._slack.tell,
            name="breaker" if name == CURRENT else f"breaker:{name}",
        )
        writer = PoolWriter(
            generator,
            self._store,
            self._tally,
            budget_s=self._args.generation_budget_s,
            at_once=self._args.concurrent_generations,
            background=self._args.background_generations,
            slow_s=self._args.slow_generation_s,
            on_written=self._on_written,
            breaker=recovery.breaker,
            watched=name == CURRENT,
        )
        return _Path(writer, recovery)

    def _hook(
        self, judge: JudgeConfig | None, policy: BalancePolicy
    ) -> Callable[[PooledDraft, GameState], None]:
        """What is told of every draft kept: the reviews, by way of the judge where there is one."""
        if judge is None:
            return self._reviews.offer
        # Here, not at the top: OpenAI's client takes a second to import.
        from serve.adapters.openai_judge import OpenAIMarker

        marker = OpenAIMarker(judge.endpoint, judge.model, judge.key)
        judging = Judging(
            Judge(marker, policy), policy, self._tally, self._reviews.offer, sample=judge.sample
        )
        return judging.offer

    async def obtain(self, order: Order, wait_s: float) -> PooledDraft | None:
        """A draft within `wait_s` seconds, or None; what comes later still enters the pool."""
        with span("cache", carried=order.trace):
            return await self._writer(order).obtain(order, wait_s)

    async def refill(self, order: Order) -> None:
        with span("refill", carried=order.trace):
            self._writer(order).refill(order)

    async def check_health(self) -> None:
        """Called by Ray Serve; the first call starts the reports on the replica's loop."""
        if self._background is None or self._background.done():
            jobs = [
                every(1, self._reporter.report),
                every(1, self._reviews.flush),
                every(1, self._flags.follow),
                *(every(1, partial(path.watch, self._shadow)) for path in self._paths.values()),
                every(self._args.rollout.look_every_s, self._controller.watch),
            ]
            if self._prompts:
                jobs.append(every(self._prompts.poll_s, self._prompts.follow))
            self._background = asyncio.gather(*jobs)

    def _writer(self, order: Order) -> PoolWriter:
        """Of the variant that was asked for, while it is deployed."""
        return (self._paths.get(order.variant) or self._paths[CURRENT]).writer

    def _switch(self, prompt: PromptVariant) -> None:
        self._generator.prompt = prompt


class _Path(NamedTuple):
    """The writer of one variant, and what watches over it."""

    writer: PoolWriter
    recovery: Recovery

    async def watch(self, shadow: Order) -> None:
        await self.recovery.watch(lambda: self.writer.shadow(shadow))


def _shadow_order(policy: BalancePolicy) -> Order:
    """What shadow generations write: an event for an ordinary young company, which the pool keeps."""
    state = GameState(current_turn=5, cash=30_000_000, users=800, trust=50, infrastructure=("EC2",))
    situation = Situation.of(state, Locale.KO, policy)
    return Order(situation=situation, state=state, event_type=None, known=())
