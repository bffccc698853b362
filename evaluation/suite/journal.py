"""What a run has generated, on disk the moment it is there: JSON Lines, one result a line."""

import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import ValidationError

from evaluation.suite.result import Outcome, Result
from serve.errors import ConfigurationError, EventsmithError

_RESERVE = 1 << 20
"""Bytes kept free for the results in flight when the disk fills up."""

Key = tuple[str, str, int]


class JournalFull(EventsmithError):
    """The disk takes no more; everything generated so far is in the journal."""


class Journal:
    """Appends results; a line torn by a crash is dropped when the file is opened again."""

    def __init__(self, path: Path) -> None:
        """Raises OSError where the folder cannot be written."""
        self._path, self._reserve = path, path.with_name("reserve")
        path.parent.mkdir(parents=True, exist_ok=True)
        self.results = {_key(result): result for result in results_of(path)}
        """The last result of every trial, failures included."""
        _mend(path)
        with self._reserve.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, _RESERVE)
        self._file = path.open("ab", buffering=0)

    @property
    def done(self) -> set[Key]:
        """Trials that need not be made again: what failed may be tried anew."""
        return {key for key, one in self.results.items() if one.outcome is not Outcome.FAILED}

    def add(self, result: Result) -> None:
        """Raises JournalFull, after the result has been written into the reserve."""
        self.results[_key(result)] = result
        line = result.model_dump_json(by_alias=True, exclude_defaults=True).encode() + b"\n"
        try:
            self._write(line)
        except OSError as error:
            self._reserve.unlink(missing_ok=True)
            self._write(line)
            raise JournalFull(
                f"{self._path}: {error.strerror}; free some space and run the same command again: "
                f"the {len(self.results)} results so far are kept"
            ) from error

    def _write(self, line: bytes) -> None:
        start = self._file.seek(0, os.SEEK_END)
        try:
            written = self._file.write(line)
            while written is not None and written < len(line):
                line = line[written:]
                written = self._file.write(line)
        except OSError:
            self._file.truncate(start)  # no torn line
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._file.close()
        self._reserve.unlink(missing_ok=True)


def read_journal(path: Path) -> Iterator[Result]:
    """Every whole line, in the order written; a missing file has none.

    Raises ConfigurationError for a line that is no result.
    """
    if not path.exists():
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                return  # torn by a crash
            try:
                yield Result.model_validate_json(line)
            except ValidationError as error:
                where = ".".join(str(part) for part in error.errors()[0]["loc"])
                raise ConfigurationError(
                    f"{path}:{number}: is no result of this version ({where}); move the file away"
                ) from error


def results_of(path: Path) -> list[Result]:
    """The last result of every trial."""
    return list({_key(result): result for result in read_journal(path)}.values())


def _mend(path: Path) -> None:
    """Cuts off a last line without an end, which the next result would otherwise run into."""
    if not path.exists():
        return
    content = path.read_bytes()
    if content and not content.endswith(b"\n"):
        with path.open("r+b") as file:
            file.truncate(content.rfind(b"\n") + 1)


def _key(result: Result) -> Key:
    return result.arm, result.scenario, result.repeat
