"""The real API under uvicorn with a real review database, and no Ray."""

import asyncio
import threading
import time
from collections.abc import Coroutine, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import uvicorn
from fakes import Desk, MemoryStore, Switch
from samples import POLICY

from serve.adapters.review_store import SqlReviewStore
from serve.adapters.slack import Slack
from serve.adapters.totals import Totals
from serve.api import Backend, create_api
from serve.api.request_log import RequestLog
from serve.api.security import Keyring
from serve.local.preflight import free_port
from serve.local_pool import LocalPool
from serve.metrics import Tally
from serve.release.alerts import AlertDesk
from serve.release.flags import FlagBoard
from serve.review import ReviewItem
from serve.service import EventService
from serve.static_events import StaticLibrary

LIBRARY = StaticLibrary(POLICY)


def review_backend(reviews: SqlReviewStore, admin: str = "") -> Backend:
    """Everything but the reviews is in memory."""
    store, tally = MemoryStore(), Tally()
    service = EventService(
        policy=POLICY,
        library=LIBRARY,
        pool=LocalPool(store, tally),
        desk=Desk(),
        switch=Switch(),
        tally=tally,
        prompt_version="p1",
        model="m1",
        ttl_s=300,
        largest=12,
    )
    flags = FlagBoard(store, {}, tally)
    return Backend(
        service=service,
        library=LIBRARY,
        store=store,
        flags=flags,
        alerts=AlertDesk(flags, store, tally, Slack("", tally).tell),
        keyring=Keyring(("game-key",) if admin else (), admin, 100),
        log=RequestLog(enabled=False),
        tally=tally,
        totals=Totals(store).report,
        reviews=reviews,
        probes={},
        config=dict,
        default_deadline_s=2.8,
        record_ttl_s=100,
    )


_Answer = TypeVar("_Answer")


def run_apart(work: Coroutine[Any, Any, _Answer]) -> _Answer:
    """Runs it in a thread of its own: Playwright keeps the main thread's loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


@contextmanager
def review_site(database: Path, items: list[ReviewItem], admin: str = "") -> Generator[str]:
    """The site's URL while the block runs."""
    reviews = SqlReviewStore(f"sqlite:///{database}")
    run_apart(reviews.queue(items))
    api = create_api(lambda: review_backend(reviews, admin))
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(api, port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
        run_apart(reviews.close())
