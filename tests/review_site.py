"""The real API under uvicorn with a real review database, and no Ray."""

import asyncio
from collections.abc import Coroutine, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from fakes import MemoryStore
from samples import POLICY
from served import backend, keyring
from site_under_test import site

from serve.adapters.review_store import SqlReviewStore
from serve.api import Backend
from serve.review import ReviewItem
from serve.static_events import StaticLibrary

LIBRARY = StaticLibrary(POLICY)


def review_backend(reviews: SqlReviewStore, admin: str = "") -> Backend:
    """Everything but the reviews is in memory."""
    ring = keyring(("game-key",) if admin else (), admin, 100)
    return backend(MemoryStore(), ring, reviews=reviews)


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
    try:
        with site(review_backend(reviews, admin)) as url:
            yield url
    finally:
        run_apart(reviews.close())
