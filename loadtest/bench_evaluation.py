"""What the evaluation itself costs: beside the target, beside the model, after the last event.

Its target answers at once, with results made of the bundled model's corpus and scored by the rubric.
The last line is `eval_overhead_ms=… compare_10k_s=… report_1k_s=…`: the framework's time per event
at concurrency 16 (orders, journal on disk, progress bar), the time to compare 10,000 results of two
arms (pairing, bootstrap, every measure) and to write the report of 1,000 events (plots, page,
table). Each is the fastest of `--rounds`, for what else a machine does only ever adds; the bars are
3 ms, 5 s and 10 s, and a missed one is told. Exit status: 0, for a clock on a shared machine fails
nobody.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import cycle, islice
from pathlib import Path

import yaml
from rich.console import Console

from evaluation.findings import by_arm
from evaluation.generating import make
from evaluation.report.figures import figures
from evaluation.report.html import write_report
from evaluation.statistics.comparing import compare
from evaluation.suite.journal import Journal
from evaluation.suite.plan import Suite, Trial, read_plan
from evaluation.suite.result import Result
from evaluation.suite.target import answered
from serve.domain.balance import BalancePolicy
from serve.generation import Checked, check_completion
from serve.models.corpus import Entry, read
from serve.settings import Settings

_BARS = {"eval_overhead_ms": 3.0, "compare_10k_s": 5.0, "report_1k_s": 10.0}


_SUITE = {
    "name": "bench",
    "dataset": "standard",
    "concurrency": 16,
    "models": {"bundled": None},
    "sampling": {"default": {}, "cold": {"temperature": 0.5}},
}
_PREPARED, _OVERHEAD, _COMPARED, _REPORTED = 400, 4_000, 10_000, 1_000
_TRIED = 200
"""Drafts looked at for a trial."""


class InstantTarget:
    """Answers at once, with one of some hundred results in turn."""

    def __init__(self, trials: list[Trial], policy: BalancePolicy) -> None:
        drafts = cycle(read())
        self._made = cycle([_judged(trial, drafts, policy) for trial in trials])

    async def check(self) -> dict[str, str]:
        return {}

    async def attempt(self, trial: Trial) -> Result:
        return next(self._made).model_copy(
            update={
                "arm": trial.arm.name,
                "scenario": trial.scenario.id,
                "repeat": trial.repeat,
                "seed": trial.seed,
                "game_state": trial.scenario.game_state,
                "locale": trial.scenario.locale,
            }
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="of each figure (%(default)s)")
    rounds = parser.parse_args().rounds
    console = Console(stderr=True)
    policy = BalancePolicy.parse(Settings.from_environ().table("balance.yaml"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        target = InstantTarget(
            list(islice(_suite(folder, 2_000).trials(policy), _PREPARED)), policy
        )

        def made(count: int) -> tuple[float, Mapping[str, list[Result]]]:
            return _made(_suite(folder, count), folder, target, policy, console)

        overhead = min(made(_OVERHEAD)[0] for _ in range(rounds))
        left, right = made(_COMPARED)[1].values()
        compared = _fastest(rounds, lambda: compare(left, right))
        arms = made(_REPORTED)[1]
        reported = _fastest(rounds, lambda: _report(arms, folder))
    _tell({"eval_overhead_ms": overhead, "compare_10k_s": compared, "report_1k_s": reported})


def _suite(folder: Path, trials: int) -> Suite:
    """Of two arms and at least so many trials, the standard dataset repeated."""
    path = folder / "bench.yaml"
    path.write_text(yaml.safe_dump(_SUITE, sort_keys=False), "utf-8")
    once = read_plan(path).size
    path.write_text(
        yaml.safe_dump(_SUITE | {"repeats": -(-trials // once)}, sort_keys=False), "utf-8"
    )
    return read_plan(path)


def _made(
    suite: Suite, folder: Path, target: InstantTarget, policy: BalancePolicy, console: Console
) -> tuple[float, Mapping[str, list[Result]]]:
    """(milliseconds a trial, results by arm)."""
    path = folder / "journal.jsonl"
    path.unlink(missing_ok=True)
    with Journal(path) as journal:
        started = time.perf_counter()
        asyncio.run(make(suite, {"bundled": target}, journal, policy, console))
        spent = time.perf_counter() - started
        return 1000 * spent / suite.size, by_arm(suite, list(journal.results.values()))


def _report(arms: Mapping[str, list[Result]], folder: Path) -> None:
    half = {name: results[: _REPORTED // len(arms)] for name, results in arms.items()}
    found = {name: figures(results) for name, results in half.items()}
    write_report(folder, "bench", half, found, [], {})


def _fastest(rounds: int, work: Callable[[], object]) -> float:
    """Seconds."""
    spent = list[float]()
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        spent.append(time.perf_counter() - started)
    return min(spent)


def _judged(trial: Trial, drafts: Iterator[Entry], policy: BalancePolicy) -> Result:
    """With the next draft that keeps the rules for the trial's player, where there is one."""
    state, locale = trial.scenario.game_state, trial.scenario.locale
    checked = Checked(None, None, ())
    for entry in islice(drafts, _TRIED):
        text, kind = entry.written.draft.model_dump_json(), trial.brief.event_type
        checked = check_completion(text, kind, state, policy, locale)
        if entry.locale is locale and not checked.violations:
            break
    measured = {"duration_s": 0.6, "first_token_s": 0.02, "output_tokens": 130}
    return answered(trial, checked, policy, started_at=1.0, **measured)


def _tell(found: Mapping[str, float]) -> None:
    for name, value in found.items():
        if value > _BARS[name]:
            print(f"{name}: {value:.2f} is over its bar of {_BARS[name]:g}")
    print(" ".join(f"{name}={value:.2f}" for name, value in found.items()))


if __name__ == "__main__":
    main()
