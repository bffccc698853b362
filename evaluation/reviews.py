"""Reviews by people, as the review page exports them: one JSON object a line, `{item, review}`."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import fmean

from pydantic import ValidationError

from serve.domain.state import WireModel
from serve.errors import ConfigurationError
from serve.quality import DIMENSIONS
from serve.review.item import Review, ReviewItem, Why

COLUMNS = (*DIMENSIONS, "total")


class _Line(WireModel):
    item: ReviewItem
    review: Review


@dataclass(frozen=True)
class Reviewed:
    """An event and the last review of everyone who judged it, at least one."""

    item: ReviewItem
    reviews: tuple[Review, ...]

    def human(self, column: str) -> float:
        """The mean over reviewers of a dimension or of the total, in points."""
        return fmean(getattr(review, column) for review in self.reviews)


def read_reviews(content: bytes, source: str) -> tuple[Reviewed, ...]:
    """Every event reviewed, in order of first appearance.

    Raises ConfigurationError naming source, line and field, or when there is no review at all.
    """
    lines = sorted(
        _lines(_decoded(content, source), source), key=lambda line: line.review.submitted_at
    )
    if not lines:
        raise ConfigurationError(f"{source}: holds no review; export some from the review page")
    items: dict[str, ReviewItem] = {}
    latest: dict[str, dict[str, Review]] = {}
    for line in lines:
        key = line.item.item_id
        items[key] = line.item
        latest.setdefault(key, {})[line.review.reviewer] = line.review
    return tuple(Reviewed(items[key], tuple(latest[key].values())) for key in items)


def blind(reviewed: Sequence[Reviewed]) -> tuple[Reviewed, ...]:
    """Without the reviews that were changed after the automatic score had been told."""
    kept = (
        Reviewed(one.item, tuple(review for review in one.reviews if review.blind))
        for one in reviewed
    )
    return tuple(one for one in kept if one.reviews)


def drawn(reviewed: Sequence[Reviewed]) -> tuple[Reviewed, ...]:
    """Those that came by chance, which speak for all events; the others were queued for doubt."""
    return tuple(one for one in reviewed if one.item.why is Why.SAMPLE)


def period(reviewed: Sequence[Reviewed]) -> tuple[datetime, datetime]:
    """(first, last) submission, in UTC."""
    times = [review.submitted_at.astimezone(UTC) for one in reviewed for review in one.reviews]
    return min(times), max(times)


def count_reviews(reviewed: Sequence[Reviewed]) -> int:
    return sum(len(one.reviews) for one in reviewed)


def count_reviewers(reviewed: Sequence[Reviewed]) -> int:
    """Different people."""
    return len({review.reviewer for one in reviewed for review in one.reviews})


def _decoded(content: bytes, source: str) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise ConfigurationError(f"{source}: is not UTF-8; export the reviews again") from None


def _lines(text: str, source: str) -> Iterator[_Line]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield _Line.model_validate(json.loads(line))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise ConfigurationError(f"{source}:{number}: {where}: {first['msg']}") from None
        except json.JSONDecodeError as error:
            raise ConfigurationError(
                f"{source}:{number}: not JSON ({error.msg}); export the reviews again"
            ) from None
