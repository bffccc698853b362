"""The port behind which items and reviews are kept."""

from collections.abc import Sequence
from typing import Protocol

from serve.domain.state import WireModel
from serve.review.item import Review, Reviewed, ReviewItem


class Progress(WireModel):
    """How far one reviewer is."""

    done: int
    """Items this reviewer has answered."""
    open: int
    """Items still to be answered by this reviewer."""


class ReviewStore(Protocol):
    """Every call raises StoreError when the database does not answer."""

    async def queue(self, items: Sequence[ReviewItem]) -> None:
        """Keeps items not known yet; beyond the bound the oldest without any review go."""
        ...

    async def next_for(self, reviewer: str) -> ReviewItem | None:
        """The first item this reviewer has not answered, oldest first; the same until answered."""
        ...

    async def item(self, item_id: str) -> ReviewItem | None: ...
    async def submit(self, review: Review) -> None:
        """Keeps the review, `after` the same reviewer's earlier one of that item, which it replaces."""
        ...

    async def reviewed(self) -> list[Reviewed]:
        """Every review with its item, in order of submission."""
        ...

    async def progress(self, reviewer: str) -> Progress: ...
