"""The figures of one arm, under the names they have in MLflow; `catalogue.py` describes each."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from evaluation.report.diversity import diversity
from evaluation.suite.prices import Prices
from evaluation.suite.result import Outcome, Result
from serve.quality import DIMENSIONS

SERVED = frozenset({Outcome.ACCEPT, Outcome.REVIEW})


def figures(
    results: Sequence[Result], prices: Prices | None = None, *, concurrency: int | None = None
) -> dict[str, float]:
    """Every figure the results can tell; what they cannot (no tokens, no prices) is left out.

    With a price per hour, `concurrency` is the number of trials the machine had in flight at a
    time, and a trial is charged its share of it; None charges the time in which any was in flight.
    """
    if not results:
        return {"n": 0.0}
    return (
        {"n": float(len(results))}
        | dict(_quality(results))
        | dict(_shares(results))
        | violations(results)
        | diversity(results)
        | dict(_latency(results))
        | dict(_tokens(results))
        | dict(_cost(results, prices, concurrency))
    )


def violations(results: Sequence[Result]) -> dict[str, float]:
    """`violations.<rule>`: in how many trials a rule was broken, the most frequent first."""
    counts = Counter(rule for one in results for rule in dict.fromkeys(one.violations))
    return {f"violations.{rule}": float(count) for rule, count in counts.most_common()}


def _quality(results: Sequence[Result]) -> Iterator[tuple[str, float]]:
    totals = [one.points for one in results]
    yield "quality.total.mean", float(np.mean(totals))
    yield "quality.total.median", float(np.median(totals))
    yield "quality.total.p10", float(np.percentile(totals, 10))
    for name in DIMENSIONS:
        points = [getattr(one.quality, name) if one.quality else 0.0 for one in results]
        yield f"quality.{name}.mean", float(np.mean(points))


def _shares(results: Sequence[Result]) -> Iterator[tuple[str, float]]:
    count = len(results)
    for outcome in Outcome:
        yield f"share.{outcome}", sum(one.outcome is outcome for one in results) / count
    yield "share.served", sum(one.outcome in SERVED for one in results) / count


def _latency(results: Sequence[Result]) -> Iterator[tuple[str, float]]:
    answered = _answered(results)
    if answered:
        seconds = [one.duration_s for one in answered]
        for percent in (50, 95, 99):
            yield f"latency.p{percent}_s", float(np.percentile(seconds, percent))
    first = [one.first_token_s for one in answered if one.first_token_s is not None]
    if first:
        for percent in (50, 95):
            yield f"first_token.p{percent}_s", float(np.percentile(first, percent))


def _tokens(results: Sequence[Result]) -> Iterator[tuple[str, float]]:
    """Over the trials whose target told its tokens; a pool's answer costs none and tells none."""
    told = [one for one in _answered(results) if one.output_tokens]
    if not told:
        return
    written = sum(one.output_tokens for one in told)
    yield "tokens.input_per_event", float(np.mean([one.prompt_tokens for one in told]))
    yield "tokens.output_per_event", written / len(told)
    seconds = sum(one.duration_s for one in told)
    if seconds > 0:
        yield "tokens.output_per_s", written / seconds


def _cost(
    results: Sequence[Result], prices: Prices | None, concurrency: int | None
) -> Iterator[tuple[str, float]]:
    """What failed or may not be served is paid for all the same."""
    read = sum(one.prompt_tokens for one in results)
    written = sum(one.output_tokens for one in results)
    if prices is None or (prices.by_token and not read + written):
        return
    total = prices.cost(read, written, _machine_s(results, concurrency))
    served = sum(one.outcome in SERVED for one in results)
    yield "cost.per_1000_asked", 1000 * total / len(results)
    if served:
        yield "cost.per_1000_served", 1000 * total / served


def _machine_s(results: Sequence[Result], concurrency: int | None) -> float:
    if concurrency:
        return sum(one.duration_s for one in results) / concurrency
    return busy_s(results)


def busy_s(results: Sequence[Result]) -> float:
    """Seconds in which at least one trial was in flight; the pause of a resumed run is none."""
    total, end = 0.0, float("-inf")
    for one in sorted(results, key=lambda one: one.started_at):
        finish = one.started_at + one.duration_s
        total += max(finish - max(one.started_at, end), 0.0)
        end = max(end, finish)
    return total


def _answered(results: Sequence[Result]) -> list[Result]:
    return [one for one in results if one.outcome is not Outcome.FAILED]
