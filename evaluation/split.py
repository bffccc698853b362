"""Which events a scorer may be tuned on: fixed for good by a hash of the event's id."""

from enum import StrEnum
from hashlib import blake2b


class Side(StrEnum):
    TUNING = "tuning"
    """For work on the scorer."""
    HELD_OUT = "held_out"
    """For measuring it, never looked at while it is worked on."""


def side(draft_id: str) -> Side:
    digest = blake2b(draft_id.encode(), digest_size=2).digest()
    return Side.HELD_OUT if int.from_bytes(digest) % 2 else Side.TUNING
