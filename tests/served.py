"""The HTTP interface over a platform in memory, called without a network."""

from collections.abc import Mapping, Sequence
from typing import Any

import httpx
from fakes import Desk, MemoryStore, Switch
from samples import POLICY, pooled
from starlette.types import ASGIApp

from serve.adapters.review_store import SqlReviewStore
from serve.adapters.slack import Slack
from serve.adapters.totals import Totals
from serve.api import Backend, create_api
from serve.api.hot_path import AtOnce
from serve.api.request_log import RequestLog
from serve.api.security import Keyring
from serve.local_pool import LocalPool
from serve.pool import Variant
from serve.release.alerts import AlertDesk
from serve.release.arms import CANDIDATE, CURRENT
from serve.release.board import RolloutBoard
from serve.release.desk import RolloutDesk
from serve.release.flags import FlagBoard
from serve.service import Desk as DeskPort
from serve.service import EventService
from serve.settings import RolloutConfig
from serve.settings.access import Scope, parsed
from serve.static_events import StaticLibrary
from serve.tally import Tally

LIBRARY = StaticLibrary(POLICY)
Api = httpx.AsyncClient
_WELL = {"vllm": True, "redis": True}


def backend(
    store: MemoryStore,
    keys: Keyring | None = None,
    *,
    desk: DeskPort | None = None,
    reviews: SqlReviewStore | None = None,
    probes: Mapping[str, bool] = _WELL,
) -> Backend:
    """A platform whose parts are in memory, its desk holding one draft."""
    tally = Tally()
    rollouts = RolloutBoard(store, tally, "p2:m1")
    service = EventService(
        policy=POLICY,
        library=LIBRARY,
        pool=LocalPool(store, tally),
        desk=desk or Desk(pooled("written")),
        switch=Switch(),
        releases=rollouts,
        tally=tally,
        variants={CURRENT: Variant("p1", "m1"), CANDIDATE: Variant("p2", "m1")},
        ttl_s=300,
        largest=12,
    )

    def probe(up: bool) -> Any:
        async def answer() -> bool:
            return up

        return answer

    flags = FlagBoard(store, {"llm-events": True}, tally)
    told = Slack("", tally).tell
    desk_of = RolloutDesk(
        RolloutConfig(), rollouts, flags, "llm-events", Totals(store).counted, told
    )
    return Backend(
        service=service,
        library=LIBRARY,
        store=store,
        flags=flags,
        alerts=AlertDesk(flags, store, tally, told),
        rollouts=desk_of,
        keyring=keys or keyring(),
        log=RequestLog(enabled=False),
        tally=tally,
        totals=Totals(store).report,
        reviews=reviews or SqlReviewStore("sqlite://"),
        probes={name: probe(up) for name, up in probes.items()},
        config=lambda: {"model": "m1"},
        default_deadline_s=2.8,
        record_ttl_s=100,
    )


def keyring(
    game: Sequence[str] = (),
    admin: str = "",
    rate: float = 100,
    *,
    evaluation: Sequence[str] = (),
    evaluation_rate: float = 2,
    alerts: str = "",
) -> Keyring:
    """A ring of these keys."""
    held = {
        Scope.GAME: game,
        Scope.EVALUATION: evaluation,
        Scope.ADMIN: [admin],
        Scope.ALERTS: [alerts],
    }
    keys = [key for scope, texts in held.items() for text in texts for key in parsed(text, scope)]
    return Keyring(keys, rate, evaluation_rate)


def client(built: Backend, *, front: bool = False) -> Api:
    """Calls the application, through what stands before Ray Serve if `front`."""
    app: ASGIApp = create_api(lambda: built)
    if front:
        app = AtOnce(app, find_backend=lambda: built)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://test")
