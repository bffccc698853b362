"""The HTTP interface is what its OpenAPI document says, whatever is sent: held to it by Schemathesis."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from fakes import MemoryStore
from interface import examine
from review_samples import review_item
from review_site import run_apart
from served import backend
from site_under_test import site

from serve.adapters.review_store import SqlReviewStore
from serve.api.hot_path import AtOnce
from serve.api.security import Keyring
from serve.settings.access import Scope, parsed

KEYS = {"game": "game-key", "admin": "admin-key", "alerts": "alerts-key"}
_QUICK = 1000
"""How many times as fast the clock of quotas and throttles goes: thousands of calls a minute, and hundreds
of wrong keys, are what this is about."""


def keyring() -> Keyring:
    held = [key for name, text in KEYS.items() for key in parsed(text, Scope(name))]
    return Keyring(held, 1000, clock=lambda: time.monotonic() * _QUICK)


@contextmanager
def guarded_site(folder: Path) -> Generator[str]:
    """With keys for every scope and something to review."""
    reviews = SqlReviewStore(f"sqlite:///{folder}/reviews.db")
    run_apart(reviews.queue([review_item(number) for number in range(1, 4)]))
    try:
        built = backend(MemoryStore(), keyring(), reviews=reviews)
        with site(built, lambda app: AtOnce(app, find_backend=lambda: built)) as url:
            yield url
    finally:
        run_apart(reviews.close())


def test_the_interface_is_as_documented(tmp_path: Path) -> None:
    with guarded_site(tmp_path) as url:
        found = examine(url, KEYS, examples=12, sequences=15)
    assert not found.errors
    assert not found.failures, "\n\n".join(f"{n}\n{text}" for n, text in found.failures.items())
    assert (found.server_errors, found.away) == (0, 0)
    assert set(found.cases) >= {"examples", "coverage", "fuzzing", "stateful"}
    assert found.operations == 18
