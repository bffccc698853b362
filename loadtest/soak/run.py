"""One soak: load, faults and samples side by side, until time is up or somebody stops it."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from math import nan
from threading import Event

from loadtest.soak.director import Director
from loadtest.soak.ledger import Ledger
from loadtest.soak.load import load
from loadtest.soak.outcome import Outcome
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
    playing = load(stage.url, stage.key, asked.seconds, asked.rate, asked.seed, ledger.take)
    with playing as players:
        process = players.process
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
        players.end(_LAST_ANSWERS_S)
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


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest:02}"
