"""What was measured at each number of concurrent requests, and up to which the objectives are kept."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from math import ceil, inf, nan
from typing import Any, NamedTuple

from loadtest.gpu.device import GpuUse
from serve.generation import Completion

OBJECTIVES_S = {"mean": 1.5, "p95": 3.0, "p99": 5.0}
"""Seconds that the time of a request stays below."""


class Written(NamedTuple):
    """One request; a failed one took for ever, for it keeps no objective."""

    first_s: float
    """To the first token."""
    total_s: float
    tokens: int = 0
    prompt_tokens: int = 0
    whole: bool = False
    """Ended by itself, as valid JSON."""

    @classmethod
    def of(cls, completion: Completion) -> "Written":
        if not completion.output_tokens:
            return FAILED  # a grammar that could not be compiled comes back empty, and quickly
        return cls(
            completion.first_token_s,
            completion.duration_s,
            completion.output_tokens,
            completion.prompt_tokens,
            completion.finish_reason == "stop" and _is_json(completion.text),
        )

    @property
    def gap_s(self) -> float:
        """Between two tokens, on average."""
        return (self.total_s - self.first_s) / max(self.tokens - 1, 1)

    def seconds_for(self, tokens: int) -> float:
        """What it would have taken with so many tokens."""
        return self.first_s + self.gap_s * (tokens - 1)


FAILED = Written(inf, inf)


@dataclass(frozen=True, slots=True)
class Seconds:
    """Times of all requests, failed ones as infinite."""

    mean: float
    p50: float
    p95: float
    p99: float

    @classmethod
    def of(cls, times: Sequence[float]) -> "Seconds":
        mean = sum(times) / len(times)
        return cls(mean, *(percentile(times, percent) for percent in (50, 95, 99)))

    @property
    def kept(self) -> bool:
        """Whether every objective is."""
        return all(getattr(self, name) < bar for name, bar in OBJECTIVES_S.items())


@dataclass(frozen=True, slots=True)
class Level:
    """One number of concurrent requests, each sent once the one before it is answered."""

    concurrency: int
    events: int
    failed: int
    whole_share: float
    ttft_p50_ms: float
    ttft_p95_ms: float
    inter_token_p50_ms: float
    inter_token_p95_ms: float
    """Of the requests' averages."""
    tokens_per_s: float
    events_per_s: float
    """As many as were answered in the time measured, the last ones' running out included."""
    tokens_per_draft: float
    prompt_tokens: float
    total: Seconds
    events_per_s_normalised: float
    total_normalised: Seconds
    """Reckoned for drafts of the asked-for number of tokens, at the same time between tokens."""
    prefix_hit_share: float
    """Of the prompt tokens, those found in the prefix cache; vLLM's own counters."""
    gpu: GpuUse | None


def level(
    concurrency: int,
    written: Sequence[Written],
    took_s: float,
    draft_tokens: int,
    prefix_hit_share: float,
    gpu: GpuUse | None,
) -> Level:
    """Of at least one request; without a single answer, times are infinite and rates 0."""
    done = [one for one in written if one.tokens]
    first, gaps = [one.first_s for one in done] or [inf], [one.gap_s for one in done] or [inf]
    long = [one.seconds_for(draft_tokens) if one.tokens else inf for one in written]
    rate = len(done) / took_s
    stretch = sum(one.total_s for one in done) / max(sum(time for time in long if time < inf), 1e-9)
    return Level(
        concurrency=concurrency,
        events=len(written),
        failed=len(written) - len(done),
        whole_share=sum(one.whole for one in written) / len(written),
        ttft_p50_ms=percentile(first, 50) * 1000,
        ttft_p95_ms=percentile(first, 95) * 1000,
        inter_token_p50_ms=percentile(gaps, 50) * 1000,
        inter_token_p95_ms=percentile(gaps, 95) * 1000,
        tokens_per_s=sum(one.tokens for one in done) / took_s,
        events_per_s=rate,
        tokens_per_draft=_mean([one.tokens for one in done]),
        prompt_tokens=_mean([one.prompt_tokens for one in done]),
        total=Seconds.of([one.total_s for one in written]),
        events_per_s_normalised=rate * stretch,
        total_normalised=Seconds.of(long),
        prefix_hit_share=prefix_hit_share,
        gpu=gpu,
    )


def highest(levels: Sequence[Level], *, normalised: bool = False) -> Level | None:
    """The last level up to which every one keeps the objectives; None if the first does not."""
    upwards = sorted(levels, key=lambda one: one.concurrency)
    kept = takewhile(lambda one: (one.total_normalised if normalised else one.total).kept, upwards)
    return max(kept, key=lambda one: one.concurrency, default=None)


def percentile(values: Sequence[float], percent: float) -> float:
    """One that was measured, not one between two."""
    return sorted(values)[ceil((len(values) - 1) * percent / 100)]


def _mean(values: Sequence[int]) -> float:
    return sum(values) / len(values) if values else nan


def _is_json(text: str) -> bool:
    try:
        found: Any = json.loads(text)
    except json.JSONDecodeError:
        return False
    return isinstance(found, dict)
