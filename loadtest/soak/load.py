"""The players of a run in a process of their own, and a thread that takes their replies."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import NamedTuple

import psutil

from loadtest.soak.reply import Reply

_PRIORITY = -10
"""Niceness: players wait for no core of the platform's machine."""


class Load(NamedTuple):
    """Requests on their way."""

    process: subprocess.Popen[str]
    reader: Thread

    def end(self, seconds: float) -> None:
        """Nothing more is sent; waits for what is under way."""
        self.process.terminate()
        self.reader.join(seconds)


@contextmanager
def load(
    url: str, key: str, seconds: float, rate: float, seed: int, take: Callable[[Reply], None]
) -> Generator[Load]:
    """Seeded players while the block runs; `take` is told of each reply, on a thread of its own."""
    command = [
        sys.executable, "-m", "loadtest.soak.players", "--url", url,
        "--seconds", str(seconds), "--rate", str(rate), "--seed", str(seed),
    ]  # fmt: skip
    environment = os.environ | {"EVENTSMITH_API_KEY": key}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None  # noqa: S101  (for the type checker)
        lines = process.stdout
        with suppress(psutil.AccessDenied):
            psutil.Process(process.pid).nice(_PRIORITY)

        def read() -> None:
            for told in lines:
                take(Reply(*json.loads(told)))

        reader = Thread(target=read, name="replies", daemon=True)
        reader.start()
        try:
            yield Load(process, reader)
        finally:
            process.kill()
            reader.join()
