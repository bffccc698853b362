"""Items and reviews in any database SQLAlchemy speaks; SQLite unless told otherwise.

Documents are kept as JSON text beside the few columns that are searched.
"""

import asyncio
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from pydantic import ValidationError
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError

from serve.errors import ConfigurationError, StoreError
from serve.review import Progress, Review, Reviewed, ReviewItem

_OPEN = 5_000
"""Items without a review that are kept at the most."""
_BUSY_MS = 5_000

_tables = sa.MetaData()
_items = sa.Table(
    "review_items",
    _tables,
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("item_id", sa.String(64), nullable=False, unique=True),
    sa.Column("document", sa.Text, nullable=False),
)
_reviews = sa.Table(
    "reviews",
    _tables,
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("item_id", sa.String(64), sa.ForeignKey("review_items.item_id"), nullable=False),
    sa.Column("reviewer", sa.String(64), nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.UniqueConstraint("item_id", "reviewer"),
)

_Answer = TypeVar("_Answer")
_Document = TypeVar("_Document", ReviewItem, Review)


class SqlReviewStore:
    """A ReviewStore. Nothing is opened before the first call; tables are made then.

    Raises ConfigurationError for an URL that SQLAlchemy cannot use.
    """

    def __init__(self, url: str, *, largest: int = _OPEN) -> None:
        self._largest = largest
        try:
            self._engine = sa.create_engine(url, pool_pre_ping=True)
        except (SQLAlchemyError, ImportError) as error:
            raise ConfigurationError(
                "EVENTSMITH_REVIEW_DATABASE is not a database SQLAlchemy can open: give an URL "
                "such as sqlite:////data/reviews.db and install the driver it names"
            ) from error
        self._ready, self._lock = False, threading.Lock()
        if self._engine.dialect.name == "sqlite":
            event.listen(self._engine, "connect", _wal)

    async def queue(self, items: Sequence[ReviewItem]) -> None:
        await self._run(lambda connection: self._queue(connection, items))

    async def next_for(self, reviewer: str) -> ReviewItem | None:
        query = (
            sa.select(_items.c.document)
            .where(_items.c.item_id.not_in(_answered(reviewer)))
            .order_by(_items.c.sequence)
            .limit(1)
        )
        return _item(await self._run(lambda connection: connection.scalar(query)))

    async def item(self, item_id: str) -> ReviewItem | None:
        query = sa.select(_items.c.document).where(_items.c.item_id == item_id)
        return _item(await self._run(lambda connection: connection.scalar(query)))

    async def submit(self, review: Review) -> None:
        await self._run(lambda connection: _submit(connection, review))

    async def reviewed(self) -> list[Reviewed]:
        query = (
            sa.select(_items.c.document, _reviews.c.document)
            .join_from(_reviews, _items, _reviews.c.item_id == _items.c.item_id)
            .order_by(_reviews.c.sequence)
        )
        rows = await self._run(lambda connection: connection.execute(query).all())
        return [Reviewed(_read(ReviewItem, item), _read(Review, review)) for item, review in rows]

    async def progress(self, reviewer: str) -> Progress:
        done = sa.select(sa.func.count()).where(_reviews.c.reviewer == reviewer)
        left = sa.select(sa.func.count()).where(_items.c.item_id.not_in(_answered(reviewer)))
        return await self._run(
            lambda connection: Progress(
                done=connection.scalar(done) or 0, open=connection.scalar(left) or 0
            )
        )

    async def close(self) -> None:
        """Gives back every connection."""
        await asyncio.to_thread(self._engine.dispose)

    async def _run(self, work: Callable[[sa.Connection], _Answer]) -> _Answer:
        return await asyncio.to_thread(self._transaction, work)

    def _transaction(self, work: Callable[[sa.Connection], _Answer]) -> _Answer:
        with _translated():
            self._prepare()
            with self._engine.begin() as connection:
                return work(connection)

    def _prepare(self) -> None:
        with self._lock:
            if self._ready:
                return
            if self._engine.dialect.name == "sqlite" and self._engine.url.database:
                Path(self._engine.url.database).parent.mkdir(parents=True, exist_ok=True)
            try:
                _tables.create_all(self._engine)
            except SQLAlchemyError:  # another process may just have made them
                _tables.create_all(self._engine)
            self._ready = True

    def _queue(self, connection: sa.Connection, items: Sequence[ReviewItem]) -> None:
        ids = [item.item_id for item in items]
        known = set(
            connection.scalars(sa.select(_items.c.item_id).where(_items.c.item_id.in_(ids)))
        )
        new = {item.item_id: item for item in items if item.item_id not in known}
        if new:
            rows = [
                {"item_id": name, "document": item.model_dump_json(by_alias=True)}
                for name, item in new.items()
            ]
            connection.execute(sa.insert(_items), rows)
        self._drop_oldest(connection)

    def _drop_oldest(self, connection: sa.Connection) -> None:
        unreviewed = _items.c.item_id.not_in(sa.select(_reviews.c.item_id))
        kept = sa.select(_items.c.sequence).where(unreviewed).order_by(_items.c.sequence.desc())
        last = connection.scalar(kept.offset(self._largest - 1).limit(1))
        if last is not None:
            connection.execute(sa.delete(_items).where(unreviewed, _items.c.sequence < last))


def _submit(connection: sa.Connection, review: Review) -> None:
    # A write that changes nothing: whoever submits for the same item at the same time waits here,
    # in every dialect, and then reads what was kept.
    item = _items.c.item_id == review.item_id
    connection.execute(sa.update(_items).where(item).values(item_id=_items.c.item_id))
    mine = sa.and_(_reviews.c.item_id == review.item_id, _reviews.c.reviewer == review.reviewer)
    earlier = connection.scalar(sa.select(_reviews.c.document).where(mine))
    if earlier is None:
        document = review.model_dump_json(by_alias=True)
        row = {"item_id": review.item_id, "reviewer": review.reviewer, "document": document}
        connection.execute(sa.insert(_reviews).values(row))
    else:
        kept = review.after(_read(Review, earlier)).model_dump_json(by_alias=True)
        connection.execute(sa.update(_reviews).where(mine).values(document=kept))


def _answered(reviewer: str) -> sa.Select[tuple[str]]:
    return sa.select(_reviews.c.item_id).where(_reviews.c.reviewer == reviewer)


def _item(document: str | None) -> ReviewItem | None:
    return None if document is None else _read(ReviewItem, document)


def _read(kind: type[_Document], document: str) -> _Document:
    """Raises StoreError for a document that is none: it is not the caller's fault."""
    try:
        return kind.model_validate_json(document)
    except ValidationError:
        raise StoreError("the review database holds what is no document of ours") from None


@contextmanager
def _translated() -> Generator[None]:
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        raise StoreError(f"the review database does not answer ({type(error).__name__})") from error


def _wal(connection: Any, _: Any) -> None:
    """Readers and the one writer do not wait for each other; an answer is on disk when it is kept."""
    for pragma in (
        "journal_mode=WAL",
        f"busy_timeout={_BUSY_MS}",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")
