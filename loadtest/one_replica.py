"""One API replica's HTTP application in this process, its pool filled: to measure a part of a hit."""

import io
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from starlette.types import ASGIApp, Message

from serve.adapters.redis_store import RedisStore
from serve.adapters.review_store import SqlReviewStore
from serve.adapters.slack import Slack
from serve.adapters.totals import Totals
from serve.api import Backend, create_api
from serve.api.request_log import RequestLog
from serve.api.security import Keyring
from serve.deployments.background import Reporter
from serve.domain.balance import BalancePolicy
from serve.domain.brief import Situation
from serve.domain.state import GameState, Locale
from serve.local_pool import LocalPool
from serve.metrics import Metric
from serve.models.corpus import read
from serve.pool import PooledDraft, Variant, pool_key
from serve.quality import Quality
from serve.release.alerts import AlertDesk
from serve.release.arms import CURRENT
from serve.release.board import RolloutBoard
from serve.release.desk import RolloutDesk
from serve.release.flags import FlagBoard
from serve.service import EventService
from serve.serving import Order
from serve.settings import PoolConfig, RolloutConfig, Settings
from serve.static_events import StaticLibrary
from serve.tally import Tally

_STATE = GameState(
    current_turn=8, cash=42_000_000, users=1200, trust=55, infrastructure=("EC2", "RDS", "S3")
)
_PROMPT, _MODEL = "bench-1", "none"
_QUALITY = Quality(consistency=25, balance=25, fun=22, education=20)


class Silent(Tally):
    """Counts nothing: what it would be like without metrics."""

    def count(self, metric: Metric, *labels: str, by: float = 1) -> None: ...
    def observe(self, metric: Metric, value: float, *labels: str) -> None: ...


class NobodyWrites:
    """Every event must come from the pool."""

    async def obtain(self, order: Order, wait_s: float) -> PooledDraft | None: ...
    def refill(self, order: Order) -> None: ...


@dataclass
class Replica:
    """An application and what works beside it."""

    app: ASGIApp
    store: RedisStore
    tally: Tally
    log: RequestLog
    reporter: Reporter
    reported: float = 0.0
    """Of the thread's time."""

    async def ask(self, player: str) -> str:
        """The source of one event, the request made as a server would make it."""
        state = _STATE.model_dump(mode="json", by_alias=True)
        body = orjson.dumps({"playerId": player, "gameState": state})
        sent = list[Message]()

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.app(_scope(len(body)), receive, send)
        return orjson.loads(sent[1]["body"])["source"]

    async def report(self) -> None:
        """What its background task does once a second."""
        self.reported = time.thread_time()
        await self.log.flush()
        await self.reporter.report()


async def replica(url: str, *, metrics: bool, log: bool) -> Replica:
    """On the Redis at `url`, with a pool for one situation."""
    settings = Settings.from_environ({})
    policy = BalancePolicy.parse(settings.table("balance.yaml"))
    store, tally = RedisStore(url, PoolConfig()), Tally() if metrics else Silent()
    lines = RequestLog(enabled=log, stream=io.StringIO())
    library, flags = StaticLibrary(policy), FlagBoard(store, {EventService.FLAG: True}, tally)
    rollouts = RolloutBoard(store, tally)
    service = EventService(
        policy=policy,
        library=library,
        pool=LocalPool(store, tally),
        desk=NobodyWrites(),
        switch=flags,
        releases=rollouts,
        tally=tally,
        variants={CURRENT: Variant(_PROMPT, _MODEL)},
        ttl_s=300,
        largest=12,
    )
    told, totals = Slack("", tally).tell, Totals(store)
    backend = Backend(
        service=service,
        library=library,
        store=store,
        flags=flags,
        alerts=AlertDesk(flags, store, tally, told),
        rollouts=RolloutDesk(
            RolloutConfig(), rollouts, flags, EventService.FLAG, totals.counted, told
        ),
        keyring=Keyring((), 1e9),
        log=lines,
        tally=tally,
        totals=totals.report,
        reviews=SqlReviewStore("sqlite://"),
        probes={},
        config=dict,
        default_deadline_s=2.8,
        record_ttl_s=100,
    )
    await _fill(store, policy)
    reporter = Reporter(tally, totals)
    return Replica(create_api(lambda: backend), store, tally, lines, reporter)


async def _fill(store: RedisStore, policy: BalancePolicy) -> None:
    situation, now = Situation.of(_STATE, Locale.KO, policy), datetime.now(UTC).timestamp()
    fitting = [
        entry.written
        for entry in read()
        if entry.locale is Locale.KO and entry.written.fits(_STATE)
    ]
    for written in fitting[:12]:
        await store.put(
            PooledDraft(
                draft_id=uuid.uuid4().hex[:16],
                key=pool_key(situation, _PROMPT, _MODEL),
                locale=Locale.KO,
                event_type=written.type,
                draft=written.draft,
                quality=_QUALITY,
                prompt_version=_PROMPT,
                model=_MODEL,
                seed=0,
                created_at=now,
            )
        )


def _scope(length: int) -> dict[str, Any]:
    headers = [
        (b"host", b"127.0.0.1"),
        (b"content-type", b"application/json"),
        (b"content-length", str(length).encode()),
        (b"x-request-id", uuid.uuid4().hex.encode()),
    ]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/api/llm/events",
        "raw_path": b"/api/llm/events",
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
    }
