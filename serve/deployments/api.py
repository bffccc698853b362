"""EventApi: the ingress. A hit is answered here, without a hop."""

import asyncio
import logging
from typing import Any

from fastapi import FastAPI
from ray import serve as ray_serve
from ray.serve.handle import DeploymentHandle

from serve import metrics
from serve.adapters.prompt_registry import PromptRegistry
from serve.adapters.redis_store import RedisStore
from serve.adapters.review_store import SqlReviewStore
from serve.adapters.slack import Slack
from serve.adapters.totals import Totals
from serve.api import Backend, create_api
from serve.api.request_log import RequestLog
from serve.api.security import Keyring
from serve.deployments.background import Reporter, every
from serve.deployments.handles import CacheDesk, EngineHandle
from serve.deployments.scaling import Busy
from serve.domain.balance import BalancePolicy
from serve.errors import ConfigurationError, StoreError
from serve.local_pool import LocalPool
from serve.pool import Variant
from serve.prompts import PromptVariant, load
from serve.release.alerts import AlertDesk
from serve.release.arms import CANDIDATE, CURRENT
from serve.release.board import RolloutBoard
from serve.release.desk import RolloutDesk
from serve.release.flags import FlagBoard
from serve.service import EventService
from serve.settings import PlatformArgs, Scope, Settings
from serve.settings.access import KeyFiles
from serve.static_events import StaticLibrary
from serve.tally import Tally
from serve.telemetry import configure

_PROBE_S = 5
_KEYS_S = 1
"""Between two looks at the files of keys: a change is in force after two."""
_log = logging.getLogger(__name__)


class EventApi:
    def __init__(
        self,
        args: PlatformArgs,
        settings: Settings,
        policy: BalancePolicy,
        model: str,
        candidate: Variant | None,
        cache: DeploymentHandle[Any],
        engine: DeploymentHandle[Any],
    ) -> None:
        configure("EventApi")
        self._store, self._tally = RedisStore(settings.redis_url, args.pool), Tally()
        self._engine, totals = EngineHandle(engine), Totals(self._store)
        self._flags = FlagBoard(
            self._store, {EventService.FLAG: settings.events_enabled}, self._tally
        )
        library, prompt = StaticLibrary(policy), load(args.prompt)
        library.prepare()
        self._prompts = (
            PromptRegistry(settings.prompts, prompt, self._tally, self._switch)
            if settings.prompts
            else None
        )
        prompt = self._prompts.current if self._prompts else prompt
        self._pool = LocalPool(self._store, self._tally)
        self._rollouts = RolloutBoard(self._store, self._tally, str(candidate or ""))
        told = Slack(settings.slack_url, self._tally).tell
        variants = {CURRENT: Variant(prompt.version, model)}
        self._service = EventService(
            policy=policy,
            library=library,
            pool=self._pool,
            desk=CacheDesk(cache),
            switch=self._flags,
            releases=self._rollouts,
            tally=self._tally,
            variants=variants | ({CANDIDATE: candidate} if candidate else {}),
            ttl_s=settings.cache_ttl_s,
            largest=args.pool.largest,
        )
        self._log = RequestLog(enabled=args.request_log)
        keyring = Keyring(
            settings.access.keys,
            args.requests_per_second_per_key,
            args.evaluation_requests_per_second,
            tally=self._tally,
        )
        self._key_files = KeyFiles(settings.access, keyring.replace)
        shown = _shown(args, settings, model, prompt.version)
        self.backend = Backend(
            service=self._service,
            library=library,
            store=self._store,
            flags=self._flags,
            alerts=AlertDesk(self._flags, self._store, self._tally, told),
            rollouts=RolloutDesk(
                args.rollout,
                self._rollouts,
                self._flags,
                EventService.FLAG,
                totals.counted,
                told,
            ),
            keyring=keyring,
            log=self._log,
            tally=self._tally,
            totals=totals.report,
            reviews=SqlReviewStore(settings.review_database),
            probes={"vllm": self._engine_up, "redis": self._redis_up},
            config=lambda: shown | (self._prompts.shown() if self._prompts else {}),
            default_deadline_s=args.default_deadline_s,
            record_ttl_s=args.pool.record_ttl_s,
        )
        self._reporter = Reporter(self._tally, totals, self._flags.measure)
        self._lives = settings.cache_ttl_s, args.pool.hard_ttl_s
        self._background: asyncio.Future[list[None]] | None = None
        self._busy = Busy()

    async def check_health(self) -> None:
        """Called by Ray Serve; the first call starts the background work on the replica's loop."""
        if self._background is None or self._background.done():
            jobs = [
                every(
                    1,
                    self._rollouts.follow,
                    self._flags.follow,
                    self._reporter.report,
                    self._log.flush,
                ),
                every(_PROBE_S, self._probe),
                every(_KEYS_S, self._follow_keys),
            ]
            if self._prompts:
                jobs.append(every(self._prompts.poll_s, self._prompts.follow))
            self._background = asyncio.gather(*jobs)

    def record_autoscaling_stats(self) -> dict[str, float]:
        """Called by Ray Serve every few seconds, for `scaling.ByLoad`."""
        return {"busy": self._busy.share()}

    def _switch(self, prompt: PromptVariant) -> None:
        current = self._service.variants[CURRENT]
        self._service.variants[CURRENT] = current._replace(prompt_version=prompt.version)

    async def _follow_keys(self) -> None:
        try:
            self._key_files.follow()
        except ConfigurationError as error:
            _log.error("keys stay as they were: %s", error)

    async def _probe(self) -> None:
        engine, redis = await asyncio.gather(self._engine_up(), self._redis_up())
        self._tally.set(metrics.ENGINE_UP, engine)
        self._tally.set(metrics.REDIS_UP, redis)
        self._pool.measure(*self._lives)

    async def _engine_up(self) -> bool:
        return await self._engine.probe(1.0)

    async def _redis_up(self) -> bool:
        try:
            await self._store.ping()
        except StoreError:
            return False
        return True


def build_api() -> FastAPI:
    """Runs on the replica, where the context leads to the instance."""

    def backend() -> Backend:
        instance: Any = ray_serve.get_replica_context().servable_object
        return instance.backend

    return create_api(backend)


def _shown(args: PlatformArgs, settings: Settings, model: str, version: str) -> dict[str, Any]:
    return {
        "platform": args.model_dump(mode="json"),
        "model": model,
        "promptVersion": version,
        "promptOrigin": "file",
        "eventsEnabledByDefault": settings.events_enabled,
        "triggerRate": settings.trigger_rate,
        "cacheTtlSeconds": settings.cache_ttl_s,
        "engineEndpoint": bool(settings.endpoint),
        "judge": settings.judge.model if settings.judge else None,
        "authentication": bool(settings.access.of(Scope.GAME)),
    }
