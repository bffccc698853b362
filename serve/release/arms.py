"""What is known of an arm, read from its counters, and the verdict on the candidate's."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from serve import metrics
from serve.metrics import POINTS, Metric
from serve.release.evidence import Interval, mean, share
from serve.settings import RolloutConfig

CURRENT, CANDIDATE = "current", "candidate"
ALPHA, RECENT_ALPHA = 0.01, 1e-6
"""Chances to be wrong: once per stage, and of the last five minutes, of which a roll-out has a thousand."""
_FAULTS = ("error", "no_draft")
_BURST = 20
"""Cases below which nothing bad is concluded: faults come several at a time."""

Fields = Mapping[str, float]


class Verdict(StrEnum):
    HEALTHY = "healthy"
    INCONCLUSIVE = "inconclusive"
    BREACH = "breach"


@dataclass(frozen=True, slots=True)
class Arm:
    """Shares and points of one arm, as intervals."""

    errors: Interval
    slow: Interval
    discards: Interval
    quality: Interval

    @classmethod
    def read(cls, fields: Fields, name: str, alpha: float) -> "Arm":
        """From additive counters, as `serve.adapters.totals` keeps them."""
        served = _by_label(fields, metrics.ARM_REQUESTS, name)
        drafts = _by_label(fields, metrics.ARM_DRAFTS, name)
        requests, attempts = sum(served.values()), sum(drafts.values())
        faults = sum(served.get(outcome, 0.0) for outcome in _FAULTS)
        total, variance, scored = _points(fields, name)
        return cls(
            errors=share(faults, requests, alpha),
            slow=share(served.get("late", 0.0), requests, alpha),
            discards=share(attempts - drafts.get("kept", 0.0), attempts, alpha),
            quality=mean(total, variance, scored, alpha),
        )


class Finding(NamedTuple):
    """One figure of the candidate's, and what follows from it."""

    figure: str
    verdict: Verdict
    candidate: Interval
    current: Interval | None
    limit: float
    """The most it may be; of quality the least."""


def findings(candidate: Arm, current: Arm | None, config: RolloutConfig) -> list[Finding]:
    """Of every figure. Without `current` only the limits count, not the difference."""
    named = (
        ("errors", config.error_share, config.worse_by, config.least_requests),
        ("slow", config.slow_share, config.worse_by, config.least_requests),
        ("discards", config.discard_share, config.discards_more, config.least_drafts),
    )
    shares = [
        _finding(name, getattr(candidate, name), getattr(current, name, None), limit, margin, least)
        for name, limit, margin, least in named
    ]
    quality = _finding(
        "quality",
        _lost(candidate.quality),
        _lost(current.quality) if current else None,
        100 - config.quality,
        config.points_fewer,
        config.least_drafts,
    )
    shown = quality._replace(
        candidate=candidate.quality,
        current=current.quality if current else None,
        limit=config.quality,
    )
    return [*shares, shown]


def verdict(found: list[Finding]) -> Verdict:
    """The worst of them."""
    for worst in (Verdict.BREACH, Verdict.INCONCLUSIVE):
        if any(finding.verdict is worst for finding in found):
            return worst
    return Verdict.HEALTHY


def _finding(
    name: str,
    candidate: Interval,
    current: Interval | None,
    limit: float,
    margin: float,
    least: int,
) -> Finding:
    """A breach is certain to be one; healthy is certain to be within limit and margin."""
    bad = candidate.low > limit
    good = candidate.cases >= least and candidate.high <= limit
    if current is not None:
        bad = bad or candidate.low > current.high + margin
        good = good and current.cases >= least and candidate.high <= current.low + margin
    bad = bad and candidate.cases >= _BURST
    state = Verdict.BREACH if bad else Verdict.HEALTHY if good else Verdict.INCONCLUSIVE
    return Finding(name, state, candidate, current, limit)


def _lost(points: Interval) -> Interval:
    """Points that are missing from 100: like the shares, the fewer the better."""
    return Interval(100 - points.value, 100 - points.high, 100 - points.low, points.cases)


def _by_label(fields: Fields, metric: Metric, arm: str) -> dict[str, float]:
    """Counts of an arm by its other label."""
    prefix = f"{metric.name}|{arm}|"
    return {
        name.removeprefix(prefix): amount
        for name, amount in fields.items()
        if name.startswith(prefix)
    }


def _points(fields: Fields, arm: str) -> tuple[float, float, float]:
    """(sum, variance, count) of an arm's scores; the variance from the middles of the buckets."""
    name = metrics.ARM_QUALITY.name
    prefix = f"{name}_le|{arm}|"
    bounds = (0, *POINTS, POINTS[-1])
    counted = {
        (low + high) / 2: fields.get(f"{prefix}{bucket}", 0.0)
        for bucket, (low, high) in enumerate(pairwise(bounds))
    }
    count = sum(counted.values())
    if count <= 0:
        return 0.0, 0.0, 0.0
    total = fields.get(f"{name}_sum|{arm}", 0.0)
    middle = sum(value * amount for value, amount in counted.items()) / count
    variance = sum((value - middle) ** 2 * amount for value, amount in counted.items()) / count
    return total, variance, count
