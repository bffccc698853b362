"""One soak: load, faults and samples side by side, until time is up or somebody stops it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from math import nan
from threading import Event, Thread

from loadtest.soak.director import Director
from loadtest.soak.ledger import Ledger
from loadtest.soak.outcome import Outcome
from loadtest.soak.reply import Reply
from loadtest.soak.sampler import Life, Sampler
from loadtest.soak.schedule import plan, quiet_s
from loadtest.soak.stage import Stage
from serve.errors import ConfigurationError

_SAMPLE_S = 5.0
_MOMENTS = 720
_LONGEST_MOMENT_S = 60.0
_TELL_S = 30.0
_LAST_ANSWERS_S = 30.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked for."""

    command: str
    seconds: float
    rate: float
    seed: int
    faults: tuple[str, ...]

    @property
    def moment_s(self) -> float:
        """What figures are kept by: the shorter the run, the finer."""
        return min(max(self.seconds / _MOMENTS, _SAMPLE_S), _LONGEST_MOMENT_S)

    @property
    def warm_up_s(self) -> float:
        """Cut off every process's life before its slope is looked for."""
        return quiet_s(self.seconds)


def soak(stage: Stage, asked: Plan, over: Event, tell: Callable[[str], None]) -> Outcome:
    """Runs until time is up or `over`, which it sets itself at the end."""
    began = time.monotonic()
    ledger = Ledger(began, asked.moment_s)
    planned = plan(asked.seconds, asked.faults, asked.seed)
    director = Director(stage, planned, ledger, began, over)
    with _players(stage, asked, ledger) as (process, reader):
        ignored = (os.getpid(), process.pid)
        clock: Callable[[], float] = lambda: time.monotonic() - began  # noqa: E731
        sampler = Sampler(stage.root, ignored, asked.moment_s, clock) if stage.root else None
        director.start()
        try:
            while process.poll() is None and not over.is_set():
                memory_mb = sampler.sample() if sampler else 0.0
                if clock() % _TELL_S < _SAMPLE_S:
                    tell(line(ledger, clock(), asked.seconds, memory_mb))
                over.wait(_SAMPLE_S)
            elapsed_s = min(clock(), asked.seconds)
            if process.poll():
                raise ConfigurationError(f"the players ended with status {process.returncode}")
        finally:
            over.set()
            director.join(_LAST_ANSWERS_S)
        process.terminate()  # it ends with what is under way
        reader.join(_LAST_ANSWERS_S)
    ledger.close_moment()
    lives = sampler.lives if sampler else list[Life]()
    return Outcome(
        asked.command, asked.seconds, elapsed_s, asked.rate, asked.seed, len(planned), ledger, lives
    )


def line(ledger: Ledger, elapsed_s: float, total_s: float, memory_mb: float) -> str:
    """Progress."""
    last = ledger.episodes[-1] if ledger.episodes else None
    p95_ms = ledger.moments[-1].p95_ms if ledger.moments else nan
    state = "" if last is None else "over" if last.recovered_s else last.note or "under way"
    return (
        f"{_clock(elapsed_s)} of {_clock(total_s)}  {ledger.answers:,} answers  "
        f"{100 * ledger.availability:.3f} % good  invalid {ledger.invalid}  late {ledger.late}  "
        f"p95 now {p95_ms:.0f} ms  memory {memory_mb:,.0f} MB"
        + (f"  {last.fault} {state}" if last else "")
    )


@contextmanager
def _players(
    stage: Stage, asked: Plan, ledger: Ledger
) -> Generator[tuple[subprocess.Popen[str], Thread]]:
    """The load in a process of its own, and the thread that takes its replies into the ledger."""
    command = [
        sys.executable, "-m", "loadtest.soak.players", "--url", stage.url,
        "--seconds", str(asked.seconds), "--rate", str(asked.rate), "--seed", str(asked.seed),
    ]  # fmt: skip
    environment = os.environ | {"EVENTSMITH_API_KEY": stage.key}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None  # noqa: S101  (for the type checker)
        lines = process.stdout

        def take() -> None:
            for told in lines:
                ledger.take(Reply(*json.loads(told)))

        reader = Thread(target=take, name="replies", daemon=True)
        reader.start()
        try:
            yield process, reader
        finally:
            process.kill()
            reader.join()


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest:02}"
