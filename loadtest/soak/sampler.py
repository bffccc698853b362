"""Memory, file handles and threads of every process of the platform, a row for each moment of its life."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple

import psutil

from loadtest.processes import family, group

_SHORT = 3
"""Rows; a process that is gone with fewer was passing by."""


class Row(NamedTuple):
    """One process at one moment; over several samples, their medians."""

    at_s: float
    mb: float
    """Its private memory, 10^6 bytes: resident pages of its own, without files and shared memory. Unlike
    PSS it does not grow when a neighbour that shared a page dies."""
    handles: float
    threads: float


@dataclass(slots=True)
class Life:
    """One process in one part of the platform: an idle worker that becomes a replica begins anew."""

    group: str
    pid: int
    begun_s: float
    """When it was first seen, in seconds since the start."""
    rows: list[Row] = field(default_factory=list[Row])
    _fresh: list[Row] = field(default_factory=list[Row])

    def add(self, row: Row, moment_s: float) -> None:
        """Samples of a moment become one row."""
        if self._fresh and row.at_s >= self._fresh[0].at_s + moment_s:
            self.rows.append(Row(*map(median, zip(*self._fresh, strict=True))))
            self._fresh = []
        self._fresh.append(row)


class _Key(NamedTuple):
    pid: int
    created: float
    """Ids are used again."""
    group: str


class Sampler:
    """Looks at a launcher's processes; keeps a row a moment for each."""

    def __init__(
        self,
        root: psutil.Process,
        ignored: Iterable[int],
        moment_s: float,
        clock: Callable[[], float],
    ) -> None:
        """`ignored` are process ids that are no part of the platform; `clock` tells the time since the
        start."""
        self._root, self._ignored, self._moment_s = root, frozenset(ignored), moment_s
        self._clock, self._lives = clock, dict[_Key, Life]()

    @property
    def lives(self) -> list[Life]:
        """Every process that was there for more than a moment."""
        return [life for life in self._lives.values() if len(life.rows) >= _SHORT]

    def sample(self) -> float:
        """One look at each. The platform's private memory now, MB."""
        seen, total = set[_Key](), 0.0
        for process in [self._root, *family(self._root)]:
            if process.pid not in self._ignored:
                with suppress(psutil.Error, OSError):
                    key, row = self._key(process), self._row(process)
                    self._life(key).add(row, self._moment_s)
                    seen.add(key)
                    total += row.mb
        for key in self._lives.keys() - seen:
            if len(self._lives[key].rows) < _SHORT:
                del self._lives[key]
        return total

    def _key(self, process: psutil.Process) -> _Key:
        part = "launcher" if process.pid == self._root.pid else group(process)
        return _Key(process.pid, process.create_time(), part)

    def _life(self, key: _Key) -> Life:
        if key not in self._lives:
            self._lives[key] = Life(key.group, key.pid, self._clock())
        return self._lives[key]

    def _row(self, process: psutil.Process) -> Row:
        memory = process.memory_info()
        private = (memory.rss - memory.shared) / 1e6
        return Row(self._clock(), private, process.num_fds(), process.num_threads())
