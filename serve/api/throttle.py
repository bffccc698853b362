"""Patience for whoever guesses keys."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable

from serve.api.buckets import Buckets

_GUESSES, _WINDOW_S = 10, 60.0
_FAMILIAR = 4096


class Throttle:
    """Ten wrong keys at once from one address, and one more every six seconds; until then no key from it
    is looked at, but for those that it has used before: a guesser locks nobody out."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._wrong = Buckets(clock)
        self._familiar: OrderedDict[tuple[str, bytes], None] = OrderedDict()

    def wait_s(self, source: str, digest: bytes) -> int:
        """Whole seconds this source has to wait; 0 when the key may be looked at."""
        wait_s = self._wrong.wait_s(source, _GUESSES / _WINDOW_S, _GUESSES)
        return 0 if not wait_s or (source, digest) in self._familiar else math.ceil(wait_s)

    def wrong(self, source: str) -> None:
        self._wrong.take(source, _GUESSES / _WINDOW_S, _GUESSES)

    def right(self, source: str, digest: bytes) -> None:
        """Remembered: this source knows this key."""
        self._familiar[source, digest] = None
        self._familiar.move_to_end((source, digest))
        if len(self._familiar) > _FAMILIAR:
            self._familiar.popitem(last=False)
