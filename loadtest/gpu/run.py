"""One run: calibrate the length of drafts, warm up, measure every level."""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from loadtest.gpu.device import use, watched
from loadtest.gpu.engine import PrefixCache, drive, started
from loadtest.gpu.levels import Level, level
from loadtest.gpu.plan import Plan
from loadtest.gpu.text_bounds import TRIED, Tried, share_for
from serve.generation import WARM_UP, CompletionRequest, Engine

_CALIBRATION = 16
"""Drafts written for each share that is tried."""
_CLIENTS = 8
"""Of warm-up and calibration."""


@dataclass(frozen=True)
class Outcome:
    """What a run found."""

    levels: list[Level]
    share: float | None
    """What the texts' bounds were lowered to; None where the schema was left as it is."""
    ready_s: float
    """From nothing to an engine that answers."""


async def run(plan: Plan) -> Outcome:
    """Raises EngineUnavailable when the engine dies on the way."""
    say(f"starting vLLM with {plan.model} ({plan.weights} weights) on the {plan.config.device}")
    began = time.perf_counter()
    with started(plan.config, random_weights=plan.shape is not None) as engine:
        await engine.complete(WARM_UP)
        ready_s = time.perf_counter() - began
        say(f"ready after {ready_s:.0f} s")
        share = await _calibrated(engine, plan) if plan.shape is not None else None
        await _compile(engine, plan, share)
        requests = plan.requests(share)
        levels = [await _level(engine, plan, each, requests) for each in plan.concurrency]
    return Outcome(levels, share, ready_s)


async def _calibrated(engine: Engine, plan: Plan) -> float:
    """The share of their bounds at which texts make drafts of the length asked for."""
    low, high = [await _tried(engine, plan, share) for share in TRIED]
    share = share_for(plan.draft_tokens, low, high)
    say(
        f"drafts of {low.tokens:.0f} tokens with texts of {low.share:.0%} of their longest, of "
        f"{high.tokens:.0f} with {high.share:.0%}: taking {share:.1%} for {plan.draft_tokens}"
    )
    return share


async def _tried(engine: Engine, plan: Plan, share: float) -> Tried:
    requests = list(islice(plan.requests(share), _CALIBRATION))
    written, _ = await drive(engine, requests, _CLIENTS)
    done = [one.tokens for one in written if one.tokens]
    return Tried(share, sum(done) / max(len(done), 1))


async def _compile(engine: Engine, plan: Plan, share: float | None) -> None:
    """Every grammar of the run once: an engine in service keeps the few hundred there can be."""
    asked = islice(plan.requests(share), plan.requests_in_all)
    grammars = {str(request.grammar): request.grammar for request in asked}
    say(f"compiling {len(grammars)} grammars")
    first_token = WARM_UP.model_copy(update={"max_tokens": 1})
    each = [first_token.model_copy(update={"grammar": one}) for one in grammars.values()]
    await drive(engine, each, _CLIENTS)


async def _level(
    engine: Engine, plan: Plan, concurrency: int, requests: Iterator[CompletionRequest]
) -> Level:
    await drive(engine, list(islice(requests, concurrency)), concurrency)  # batches of this size
    asked = list(islice(requests, plan.events_at(concurrency)))
    before = PrefixCache.now()
    async with watched() as samples:
        written, took_s = await drive(engine, asked, concurrency)
    hits = PrefixCache.now().share_since(before)
    found = level(concurrency, written, took_s, plan.draft_tokens, hits, use(samples))
    say(
        f"{concurrency:3d} at a time: {found.events} events in {took_s:.1f} s, "
        f"{found.events_per_s:.2f} events/s, {found.tokens_per_s:.0f} tokens/s, first token "
        f"p50 {found.ttft_p50_ms:.0f} ms, whole p95 {found.total.p95:.2f} s"
    )
    return found


def say(text: str) -> None:
    """Progress."""
    print(text, file=sys.stderr, flush=True)
