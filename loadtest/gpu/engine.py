"""The platform's own engine adapter, where need be with random weights, and its prefix-cache counters."""

import asyncio
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from loadtest.gpu.levels import FAILED, Written
from serve.adapters.vllm_engine import VllmEngine
from serve.errors import EngineTimeout
from serve.generation import CompletionRequest, Engine
from serve.settings import EngineConfig


class PrefixCache(NamedTuple):
    """vLLM's counters, in tokens, since the engine began."""

    hits: int = 0
    queries: int = 0

    def share_since(self, before: "PrefixCache") -> float:
        """Of the tokens asked for since then, those found."""
        return (self.hits - before.hits) / max(self.queries - before.queries, 1)

    @classmethod
    def now(cls) -> "PrefixCache":
        from vllm.v1.metrics.reader import Counter, get_metrics_snapshot

        found = [one for one in get_metrics_snapshot() if isinstance(one, Counter)]
        hits, queries = (
            sum(one.value for one in found if one.name == f"vllm:prefix_cache_{name}")
            for name in ("hits", "queries")
        )
        return cls(hits, queries)


@contextmanager
def started(config: EngineConfig, *, random_weights: bool) -> Generator[VllmEngine]:
    """The engine as the platform starts it, but for the weights."""
    if random_weights:
        config = config.model_copy(update={"vllm": config.vllm | {"load_format": "dummy"}})
    engine = VllmEngine(config)
    try:
        yield engine
    finally:
        engine.close()


async def drive(
    engine: Engine, requests: Sequence[CompletionRequest], concurrency: int
) -> tuple[list[Written], float]:
    """(what came of each, seconds in all): so many clients, each asking again once it is answered."""
    waiting, written = iter(requests), list[Written]()
    started_at = time.perf_counter()
    await asyncio.gather(*(_client(engine, waiting, written) for _ in range(concurrency)))
    return written, time.perf_counter() - started_at


async def _client(
    engine: Engine, waiting: Iterator[CompletionRequest], written: list[Written]
) -> None:
    for request in waiting:
        try:
            written.append(Written.of(await engine.complete(request)))
        except EngineTimeout:
            written.append(FAILED)
