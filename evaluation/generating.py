"""Generates what a suite's execution still lacks, with a progress bar, and stops when asked to."""

import asyncio
import logging
import os
import signal
import warnings
from collections import Counter
from collections.abc import Mapping

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from evaluation.suite.execution import Execution
from evaluation.suite.journal import Journal
from evaluation.suite.plan import Suite
from evaluation.suite.result import Outcome, Result
from evaluation.suite.runner import Runner
from evaluation.suite.target import Target
from evaluation.targets.opening import opened
from serve.domain.balance import BalancePolicy


class Stopped(Exception):
    """Somebody pressed Ctrl-C; what was generated is kept."""

    def __init__(self, made: int, of: int) -> None:
        super().__init__(f"{made} of {of} results are kept; run the same command again to go on")


async def generate(
    suite: Suite, execution: Execution, policy: BalancePolicy, console: Console
) -> Execution:
    """The execution, every trial of it made.

    Raises Stopped after Ctrl-C, TargetDown and JournalFull as the runner does.
    """
    _quieten()
    with Journal(execution.journal) as journal:
        async with opened(suite, policy) as targets:
            facts = await _facts(targets)
            await make(suite, targets, journal, policy, console)
    return execution.become("generated", **facts)


async def make(
    suite: Suite,
    targets: Mapping[str, Target],
    journal: Journal,
    policy: BalancePolicy,
    console: Console,
) -> None:
    """Makes every trial the journal lacks, under a bar. Raises as `generate` does."""
    with _bar(console) as bar:
        shown = _Shown(bar, suite.size, journal)
        runner = Runner(targets, journal, concurrency=suite.config.concurrency, done=shown.count)
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, _once, loop, runner)
        await runner.run(suite.trials(policy))
        loop.remove_signal_handler(signal.SIGINT)
    if runner.stopped:
        raise Stopped(len(journal.done), suite.size)


def _quieten() -> None:
    """What vLLM and torch say while they load is not the user's business."""
    os.environ.setdefault("VLLM_LOGGING_LEVEL", "ERROR")
    os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")
    logging.getLogger("torch").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="vllm|torch")


async def _facts(targets: Mapping[str, Target]) -> dict[str, str]:
    """What each target says of itself, its name before it. Raises TargetDown."""
    told = {name: await target.check() for name, target in targets.items()}
    return {f"{name}.{fact}": value for name, each in told.items() for fact, value in each.items()}


def _once(loop: asyncio.AbstractEventLoop, runner: Runner) -> None:
    """The first Ctrl-C lets requests in flight end; the second one does not wait."""
    runner.stop()
    loop.remove_signal_handler(signal.SIGINT)


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("ETA"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[counts]}"),
        console=console,
    )


class _Shown:
    """What the bar says: how far, how long still, and what came of it."""

    def __init__(self, bar: Progress, size: int, journal: Journal) -> None:
        self._bar, self._counts = bar, Counter[Outcome]()
        done = len(journal.done)
        self._task: TaskID = bar.add_task(
            "생성 · generating", total=size, completed=done, counts=""
        )

    def count(self, result: Result) -> None:
        self._counts[result.outcome] += 1
        told = " ".join(f"{outcome} {count}" for outcome, count in sorted(self._counts.items()))
        self._bar.update(self._task, advance=1, counts=told)
