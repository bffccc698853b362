"""Requests are sent when they are due, whether or not earlier ones have been answered.

A request's time runs from when it was due. One that had to wait, because the generator was busy or
all its connections were, counts that wait: left out, a server that stalls would hide most of what
its players would have felt (coordinated omission).
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

import gevent
from gevent.pool import Pool

from loadtest.arrivals import Arrival

T = TypeVar("T")


class OpenLoop(Generic[T]):
    """Sends each arrival in a greenlet of its own, at most so many at once."""

    def __init__(
        self,
        prepare: Callable[[Arrival], T],
        send: Callable[[Arrival, T], None],
        connections: int,
        patience_s: float,
    ) -> None:
        """`prepare` runs before an arrival is due, `send` when it is; `patience_s` is how long
        requests in flight are waited for at the end."""
        self._prepare, self._send, self._patience_s = prepare, send, patience_s
        self._pool = Pool(connections)
        self._began = time.perf_counter()
        self._stopping = False
        self.under_way = Counter[int]()
        """Requests that are not answered yet, by step."""
        self.step = 0
        """The one that is being sent."""
        self.finished = False
        """Everything that was to be sent has been."""
        self.sent_until_s = 0.0
        """When nothing more was sent, in seconds since the start."""

    def run(self, arrivals: Iterable[Arrival]) -> None:
        """Returns when all are answered, or none is after `patience_s`."""
        self._began = time.perf_counter()
        try:
            for arrival in arrivals:
                prepared = self._prepare(arrival)
                # Also when late: those in flight must have their turn.
                gevent.sleep(max(arrival.due_s - self.elapsed_s(), 0))
                if self._stopping:
                    break
                self.step = arrival.step
                self.under_way[arrival.step] += 1
                self._pool.spawn(self._one, arrival, prepared)
            else:
                self.finished = True
        finally:
            self._stopping, self.sent_until_s = True, self.elapsed_s()
            self._pool.join(self._patience_s)

    def stop(self) -> None:
        """Nothing more is sent."""
        self._stopping = True

    @property
    def full(self) -> bool:
        """Whether the next request has to wait for an earlier one."""
        return self._pool.full()

    def elapsed_s(self) -> float:
        """Since the start."""
        return time.perf_counter() - self._began

    def _one(self, arrival: Arrival, prepared: T) -> None:
        try:
            self._send(arrival, prepared)
        finally:
            self.under_way[arrival.step] -= 1
