"""Review by people: which events are queued, what a reviewer answers, where both are kept."""

from serve.review.item import BlindItem, Opinion, Review, Reviewed, ReviewItem, Why
from serve.review.queue import ReviewQueue
from serve.review.store import Progress, ReviewStore

__all__ = [
    "BlindItem",
    "Opinion",
    "Progress",
    "Review",
    "ReviewItem",
    "ReviewQueue",
    "ReviewStore",
    "Reviewed",
    "Why",
]
