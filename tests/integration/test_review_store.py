"""Items and reviews in SQLite and PostgreSQL: apart by reviewer, bounded, replaced, kept."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from postgres_server import postgres
from review_samples import review, review_item

from serve.adapters.review_store import SqlReviewStore
from serve.errors import ConfigurationError, StoreError


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An URL of a database that holds nothing yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'not yet there' / 'reviews.db'}"
    url: str = request.getfixturevalue("server")
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE IF EXISTS reviews, review_items"))
    engine.dispose()
    return url


@pytest.fixture
async def store(database: str) -> AsyncIterator[SqlReviewStore]:
    opened = SqlReviewStore(database, largest=3)
    yield opened
    await opened.close()


async def test_oldest_first_and_the_same_until_answered(store: SqlReviewStore) -> None:
    await store.queue([review_item(2), review_item(1)])
    first = await store.next_for("민지")
    assert first == review_item(2)
    assert await store.next_for("민지") == first
    await store.submit(review("item-0002"))
    assert await store.next_for("민지") == review_item(1)
    await store.submit(review("item-0001"))
    assert await store.next_for("민지") is None


async def test_reviewers_are_kept_apart(store: SqlReviewStore) -> None:
    await store.queue([review_item()])
    await store.submit(review(reviewer="민지", fun=25))
    assert await store.next_for("jun") == review_item()
    await store.submit(review(reviewer="jun", fun=5))
    found = [(one.review.reviewer, one.review.fun) for one in await store.reviewed()]
    assert found == [("민지", 25), ("jun", 5)]
    progress = await store.progress("민지")
    assert (progress.done, progress.open) == (1, 0)


async def test_submitting_again_replaces(store: SqlReviewStore) -> None:
    await store.queue([review_item()])
    for points in (5, 5, 20):
        await store.submit(review(balance=points))
    assert [one.review.balance for one in await store.reviewed()] == [20]


@pytest.mark.parametrize(
    ("second", "blind"),
    [({}, True), ({"seconds": 99.0}, True), ({"fun": 5}, False), ({"note": "달라졌습니다"}, False)],
    ids=["sent twice", "sent twice, later", "other points", "another note"],
)
async def test_what_is_changed_with_the_score_in_sight_is_not_blind(
    store: SqlReviewStore, second: dict[str, Any], blind: bool
) -> None:
    await store.queue([review_item()])
    await store.submit(review())
    await store.submit(review(**second))
    (kept,) = await store.reviewed()
    assert kept.review.blind is blind
    await store.submit(review())
    (kept,) = await store.reviewed()
    assert kept.review.blind is blind, "what was seen once is never unseen"


async def test_a_review_of_before_there_was_a_mark_counts_as_blind(
    store: SqlReviewStore, database: str
) -> None:
    await store.queue([review_item()])
    old = review().model_dump_json(by_alias=True, exclude={"blind"})
    await store.submit(review())
    engine = sa.create_engine(database)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE reviews SET document = :old"), {"old": old})
    engine.dispose()
    assert [one.review.blind for one in await store.reviewed()] == [True]


async def test_queueing_again_changes_nothing(store: SqlReviewStore) -> None:
    for _ in range(2):
        await store.queue([review_item(1), review_item(1), review_item(2)])
    assert (await store.progress("민지")).open == 2


async def test_only_the_oldest_without_a_review_are_dropped(store: SqlReviewStore) -> None:
    await store.queue([review_item(1), review_item(2)])
    await store.submit(review("item-0001"))
    await store.queue([review_item(number) for number in range(3, 7)])
    assert [one.item.item_id for one in await store.reviewed()] == ["item-0001"]
    kept = [number for number in range(1, 7) if await store.item(f"item-{number:04}")]
    assert kept == [1, 4, 5, 6]


async def test_a_restart_loses_nothing(store: SqlReviewStore, database: str) -> None:
    await store.queue([review_item(1), review_item(2)])
    await store.submit(review())
    await store.close()
    again = SqlReviewStore(database)
    assert [one.review for one in await again.reviewed()] == [review()]
    assert await again.next_for("민지") == review_item(2)
    await again.close()


async def test_sqlite_writes_ahead(tmp_path: Path) -> None:
    store = SqlReviewStore(f"sqlite:///{tmp_path / 'reviews.db'}")
    await store.queue([review_item()])
    await store.close()
    with sqlite3.connect(tmp_path / "reviews.db") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_many_at_once_from_two_processes_worth_of_engines(database: str) -> None:
    stores = [SqlReviewStore(database) for _ in range(2)]
    await asyncio.gather(
        *(stores[n % 2].queue([review_item(n)]) for n in range(20)), return_exceptions=True
    )
    for number in range(20):  # whoever met a locked database comes again
        await stores[0].queue([review_item(number)])
    await asyncio.gather(
        *(stores[n % 2].submit(review(f"item-{n:04}", reviewer=f"r{n}")) for n in range(20))
    )
    assert len(await stores[1].reviewed()) == 20
    for store in stores:
        await store.close()


async def test_one_reviewer_at_once_on_two_replicas(store: SqlReviewStore, database: str) -> None:
    """Every submission is kept, and none takes back that the score had been seen."""
    stores = [store, SqlReviewStore(database)]
    for name in (f"item-{number:04}" for number in range(20)):
        await store.queue([review_item(int(name[-4:]))])
        await asyncio.gather(*(stores[n % 2].submit(review(name)) for n in range(4)))
        assert [one.review.blind for one in await store.reviewed()][-1]
        changed = review(name, fun=5)
        await asyncio.gather(
            *(stores[n % 2].submit(changed if n == 1 else review(name)) for n in range(4))
        )
    assert [one.review.blind for one in await store.reviewed()] == [False] * 20
    await stores[1].close()


async def test_a_dead_database_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = SqlReviewStore(f"sqlite:///{tmp_path / 'file' / 'reviews.db'}")
    with pytest.raises(StoreError):
        await store.next_for("민지")


async def test_an_item_that_was_dropped_takes_no_review(store: SqlReviewStore) -> None:
    with pytest.raises(StoreError):
        await store.submit(review("gone"))


@pytest.mark.parametrize("url", ["nonsense", "no-such-database://host/db"])
def test_a_wrong_url_names_the_setting(url: str) -> None:
    with pytest.raises(ConfigurationError, match="EVENTSMITH_REVIEW_DATABASE"):
        SqlReviewStore(url)
