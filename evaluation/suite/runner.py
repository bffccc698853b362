"""Runs the trials that are still to be made, a bounded number at a time."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping

from evaluation.suite.journal import Journal
from evaluation.suite.plan import Trial
from evaluation.suite.result import Outcome, Result
from evaluation.suite.target import Target, TargetDown
from serve.errors import EventsmithError

_HOPELESS = 20
"""Failures in a row, with nothing in between, after which a target counts as gone."""


class Runner:
    """Hands trials to targets. Once stopped, by a person or an error, it lets those in flight end:
    they are paid for."""

    def __init__(
        self,
        targets: Mapping[str, Target],
        journal: Journal,
        *,
        concurrency: int,
        done: Callable[[Result], None] = lambda _: None,
    ) -> None:
        """`done` is told of each result once it is on disk."""
        self._targets, self._journal, self._done = targets, journal, done
        self._concurrency, self._failures = concurrency, dict[str, int]()
        self._error: EventsmithError | None = None
        self.stopped = False

    def stop(self) -> None:
        """No further trial is begun."""
        self.stopped = True

    async def run(self, trials: Iterable[Trial]) -> None:
        """Every trial the journal does not hold yet, or as many as there are until `stop`.

        Raises TargetDown when a target has gone, JournalFull when the disk is full; what was
        generated is in the journal in any case.
        """
        known = self._journal.done
        waiting = (trial for trial in trials if trial.key not in known)
        await asyncio.gather(*(self._work(waiting) for _ in range(self._concurrency)))
        if self._error:
            raise self._error

    async def _work(self, waiting: Iterator[Trial]) -> None:
        while not self.stopped:
            trial = next(waiting, None)
            if trial is None:
                return
            result = await self._targets[trial.arm.model].attempt(trial)
            try:
                self._journal.add(result)
                self._count(trial, result)
            except EventsmithError as error:
                self._error = self._error or error
                self.stop()
            self._done(result)

    def _count(self, trial: Trial, result: Result) -> None:
        """Raises TargetDown after too many failures in a row."""
        model, failed = trial.arm.model, result.outcome is Outcome.FAILED
        self._failures[model] = self._failures.get(model, 0) + 1 if failed else 0
        if self._failures[model] >= max(_HOPELESS, 2 * self._concurrency):
            raise TargetDown(
                f"{model}: {self._failures[model]} failures in a row, the last: {result.error}; "
                "what was generated is kept: mend it and run the same command again"
            )
