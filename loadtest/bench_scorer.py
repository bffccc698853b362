"""What judging one event costs, without the judge: time on one core, and the memory of a replica.

Every hand-written event there is, in both languages, is scored once as the QualityScorer deployment
does it, for an ordinary player and beside other drafts of the pool, in a process that has imported
what a replica imports. No event is scored twice: what is remembered of texts seen before would
flatter. The last line is `score_p50_ms=… score_p99_ms=… rss_mb=… events=…` (10^6 bytes); the bars
are 5 ms and 400 MB.
"""

import argparse
import asyncio
import importlib
import os
import time
from random import Random

import numpy as np
import psutil
from rich.console import Console
from rich.progress import track
from rich.table import Table
from threadpoolctl import threadpool_limits

from evaluation.instrument.pools import specimen
from evaluation.mutations import Specimen
from serve.deployments.scorer import QualityScorer
from serve.domain.balance import BalancePolicy
from serve.domain.event import EventDraft
from serve.domain.state import Locale
from serve.models.corpus import read
from serve.settings import Settings
from serve.static_events.library import StaticLibrary


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--events", type=int, default=None, help="at most so many of each language (all)"
    )
    parser.add_argument(
        "--others", type=int, default=8, help="drafts of the pool beside each (%(default)s)"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the order (%(default)s)")
    arguments = parser.parse_args()
    importlib.import_module("ray.serve")  # as in a replica's process, for the memory
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    policy = BalancePolicy.parse(Settings.from_environ().table("balance.yaml"))
    rng, took = Random(arguments.seed), dict[Locale, list[float]]()
    with threadpool_limits(1):
        for locale in Locale:
            drafts = _drafts(locale, policy)
            events = rng.sample(drafts, len(drafts))[: arguments.events]
            took[locale] = asyncio.run(_score(events, arguments.others, policy, rng))
    rss = psutil.Process().memory_info().rss / 1e6
    Console(stderr=True).print(_table(took))
    p50, p99 = np.percentile(np.concatenate(list(took.values())), [50, 99])
    count = sum(map(len, took.values()))
    print(f"score_p50_ms={p50:.2f} score_p99_ms={p99:.2f} rss_mb={rss:.0f} events={count}")


def _drafts(locale: Locale, policy: BalancePolicy) -> list[tuple[Specimen, EventDraft]]:
    written = [entry.written for entry in read() if entry.locale is locale]
    written += StaticLibrary(policy).drafts(locale)
    found = ((specimen(one, locale, policy), one.draft) for one in written)
    return [(judged, draft) for judged, draft in found if judged is not None]


async def _score(
    events: list[tuple[Specimen, EventDraft]], others: int, policy: BalancePolicy, rng: Random
) -> list[float]:
    """Milliseconds of each event; the tables are loaded before the first."""
    scorer, took = QualityScorer(policy), list[float]()
    locale = events[0][0].locale
    pool = [draft for _, draft in events]
    await scorer.score(events[-1][0].event, events[-1][0].state, locale, pool[:others])
    for one, _ in track(events[:-1], locale.value, console=Console(stderr=True)):
        beside = rng.sample(pool, min(others, len(pool)))
        started = time.perf_counter()
        await scorer.score(one.event, one.state, locale, beside)
        took.append((time.perf_counter() - started) * 1000)
    return took


def _table(took: dict[Locale, list[float]]) -> Table:
    table = Table("language", "events", "p50 ms", "p90 ms", "p99 ms")
    for locale, times in took.items():
        figures = np.percentile(times, [50, 90, 99])
        table.add_row(locale.value, str(len(times)), *(f"{figure:.2f}" for figure in figures))
    return table


if __name__ == "__main__":
    main()
