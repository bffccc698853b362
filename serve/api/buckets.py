"""Token buckets by name: how often somebody may do something."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable


class Buckets:
    """Each name has a bucket that fills by itself; the names used least lately are forgotten."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, largest: int = 10_000) -> None:
        self._clock, self._largest = clock, largest
        self._levels: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def wait_s(self, name: Hashable, rate: float, size: float) -> float:
        """Seconds until the bucket has a token; 0 when it has one. Takes none."""
        if name not in self._levels:
            return 0.0
        return max(0.0, (1 - self._level(name, rate, size)) / rate)

    def take(self, name: Hashable, rate: float, size: float) -> None:
        """One token, down to none. `rate` is tokens a second, `size` how many it holds."""
        self._levels[name] = max(0.0, self._level(name, rate, size) - 1), self._clock()
        self._levels.move_to_end(name)
        if len(self._levels) > self._largest:
            self._levels.popitem(last=False)

    def _level(self, name: Hashable, rate: float, size: float) -> float:
        now = self._clock()
        level, then = self._levels.get(name, (size, now))
        return min(size, level + (now - then) * rate)
