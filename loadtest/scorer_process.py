"""Scores the events of a file in a process that has imported what a QualityScorer replica imports.

Pinned to one core and one thread. Prints one JSON object: `ms`, language -> milliseconds of each
event in the file's order, and `rss_mb` (10^6 bytes) once all are scored. No event is scored twice:
what is remembered of texts seen before would flatter.
"""

import argparse
import asyncio
import importlib
import json
import os
import time
from pathlib import Path
from random import Random

import psutil
from pydantic import BaseModel
from threadpoolctl import threadpool_limits

from serve.deployments.scorer import QualityScorer
from serve.domain.balance import BalancePolicy
from serve.domain.event import EventDraft, GameEvent
from serve.domain.state import GameState, Locale
from serve.settings import Settings


class Case(BaseModel):
    """An event as a player would get it, and the draft it was made of."""

    event: GameEvent
    state: GameState
    draft: EventDraft


class Cases(BaseModel):
    """What is scored; the drafts of a language are each other's neighbours in the pool."""

    by_locale: dict[Locale, list[Case]]


async def score_all(
    scorer: QualityScorer, locale: Locale, cases: list[Case], others: int, rng: Random
) -> list[float]:
    """Milliseconds of every event but the last, which is scored before the clock starts, for the
    tables are loaded by it."""
    took = list[float]()
    for number in range(-1, len(cases) - 1):
        case = cases[number]
        rest = [other.draft for other in cases if other is not case]
        beside = rng.sample(rest, min(others, len(rest)))
        started = time.perf_counter()
        await scorer.score(case.event, case.state, locale, beside)
        took.append((time.perf_counter() - started) * 1000)
    return took[1:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="`Cases` as JSON")
    parser.add_argument("--others", type=int, required=True, help="drafts of the pool beside each")
    parser.add_argument("--seed", type=int, required=True, help="of the choice of those drafts")
    arguments = parser.parse_args()
    importlib.import_module("ray.serve")  # a replica has it
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    scorer = QualityScorer(BalancePolicy.parse(Settings.from_environ().table("balance.yaml")))
    cases, rng = Cases.model_validate_json(arguments.file.read_bytes()), Random(arguments.seed)
    with threadpool_limits(1):
        took = {
            locale.value: asyncio.run(score_all(scorer, locale, each, arguments.others, rng))
            for locale, each in cases.by_locale.items()
        }
    print(json.dumps({"ms": took, "rss_mb": psutil.Process().memory_info().rss / 1e6}))


if __name__ == "__main__":
    main()
