"""What judging one event costs, without the judge: time on one core, and the memory it takes.

Every hand-written event there is, in both languages, is scored as the QualityScorer deployment does
it, for an ordinary player and beside other drafts of the pool. Each round is a fresh process that
only loads and scores (`loadtest/scorer_process.py`). The last line is
`score_p50_ms=… score_p99_ms=… rss_mb=… events=…`: times are of the fastest round, for what else a
machine does only ever adds, memory of the largest (10^6 bytes). The bars are 5 ms and 400 MB: a
missed one is told, and a language that misses it alone. Exit status: 1 where memory misses its bar;
a clock on a shared machine fails nobody.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from evaluation.instrument.pools import specimen
from loadtest.scorer_process import Case, Cases
from serve.domain.balance import BalancePolicy
from serve.domain.state import Locale
from serve.models.corpus import read
from serve.settings import Settings
from serve.static_events.library import StaticLibrary

_BARS = {"score_p50_ms": 5.0, "rss_mb": 400.0}
_PERCENTILES = (50, 90, 99)


class Round(NamedTuple):
    """What one process took."""

    ms: dict[str, list[float]]
    rss_mb: float


def main() -> None:
    arguments = _parser().parse_args()
    console = Console(stderr=True)
    policy = BalancePolicy.parse(Settings.from_environ().table("balance.yaml"))
    rng, rounds = Random(arguments.seed), list[Round]()
    cases = {locale: _cases(locale, policy, arguments.events, rng) for locale in Locale}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "cases.json")
        file.write_text(Cases(by_locale=cases).model_dump_json(by_alias=True), "utf-8")
        for number in range(arguments.rounds):
            rounds.append(_round(file, arguments.others, arguments.seed + number))
            console.print(f"round {number + 1}: {_row(rounds[-1])}")
    console.print(_table(rounds))
    everything = [np.concatenate([*one.ms.values()]) for one in rounds]
    p50, _, p99 = _percentiles(everything)
    measured = {"score_p50_ms": p50, "rss_mb": max(one.rss_mb for one in rounds)}
    missed = [name for name, bar in _BARS.items() if measured[name] > bar]
    for locale in rounds[0].ms:
        alone = _percentiles([one.ms[locale] for one in rounds])[0]
        if alone > _BARS["score_p50_ms"]:
            console.print(f"[yellow]{locale} alone has a p50 of {alone:.2f} ms, over the bar[/]")
    for name in missed:
        console.print(f"[red]{name} is {measured[name]:.2f}, the bar is {_BARS[name]:g}[/]")
    print(
        f"score_p50_ms={p50:.2f} score_p99_ms={p99:.2f} "
        f"rss_mb={measured['rss_mb']:.0f} events={len(everything[0])}"
    )
    sys.exit(int("rss_mb" in missed))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--events", type=_at_least(1), help="at most so many of each language (all)"
    )
    parser.add_argument(
        "--rounds", type=_at_least(1), default=5, help="fresh processes (%(default)s)"
    )
    parser.add_argument(
        "--others",
        type=_at_least(0),
        default=8,
        help="drafts of the pool beside each (%(default)s)",
    )
    parser.add_argument("--seed", type=int, default=1, help="of order and pools (%(default)s)")
    return parser


def _at_least(least: int) -> Callable[[str], int]:
    def whole(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if number < least:
            raise argparse.ArgumentTypeError(f"{text!r}: give a whole number, {least} or more")
        return number

    return whole


def _cases(locale: Locale, policy: BalancePolicy, largest: int | None, rng: Random) -> list[Case]:
    """In random order; one more than is timed, for the first of a process warms it up."""
    written = [entry.written for entry in read() if entry.locale is locale]
    written += StaticLibrary(policy).drafts(locale)
    found = [
        Case(event=judged.event, state=judged.state, draft=one.draft)
        for one in written
        if (judged := specimen(one, locale, policy)) is not None
    ]
    return rng.sample(found, len(found))[: largest and largest + 1]


def _round(file: Path, others: int, seed: int) -> Round:
    command = [sys.executable, "-m", "loadtest.scorer_process", str(file)]
    command += ["--others", str(others), "--seed", str(seed)]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return Round(**json.loads(output.splitlines()[-1]))


def _percentiles(rounds: Sequence[Sequence[float] | NDArray[np.float64]]) -> list[float]:
    """p50, p90 and p99, each of the round where it is least."""
    figures = [np.percentile(times, _PERCENTILES) for times in rounds]
    return np.min(figures, axis=0).tolist()


def _row(one: Round) -> str:
    times = "  ".join(f"{name} p50 {np.median(took):.2f} ms" for name, took in one.ms.items())
    return f"{times}  {one.rss_mb:.0f} MB"


def _table(rounds: Sequence[Round]) -> Table:
    table = Table("language", "events", "p50 ms", "p90 ms", "p99 ms")
    for locale, times in rounds[0].ms.items():
        figures = _percentiles([one.ms[locale] for one in rounds])
        table.add_row(locale, str(len(times)), *(f"{figure:.2f}" for figure in figures))
    return table


if __name__ == "__main__":
    main()
