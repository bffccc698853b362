"""People against the scorer, against the model that judges, and against each other."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Literal

import numpy as np

from evaluation.agreement import (
    Estimate,
    Measure,
    Missing,
    Pairs,
    bias,
    estimate,
    kappa,
    spearman,
)
from evaluation.calibration.claim import Row
from evaluation.reviews import COLUMNS, Reviewed
from serve.quality import ACCEPT_FROM, DIMENSIONS, REVIEW_FROM, Quality
from serve.quality.judgement import Judgement

DIMENSION_EDGES = (5.0, 10.0, 15.0, 20.0)
TOTAL_EDGES = (REVIEW_FROM, ACCEPT_FROM)

Rater = Literal["scorer", "judge", "reviewers"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """People against one rater, or against each other; a row a column, the total last."""

    rater: Rater
    rows: tuple[Row, ...]

    @property
    def total(self) -> Row:
        return self.rows[-1]

    @property
    def calibrated(self) -> bool:
        """What the rater decides by is its total, so that the claim rests on it."""
        return self.total.calibrated

    @property
    def corrections(self) -> Mapping[str, float]:
        """Points to add per dimension; empty unless calibrated."""
        if not self.calibrated:
            return {}
        return {
            row.column: row.correction
            for row in self.rows
            if row.column in DIMENSIONS and row.correction is not None
        }


def compare(
    reviewed: Sequence[Reviewed],
    *,
    resamples: int,
    seed: int,
    done: Callable[[], None] = lambda: None,
) -> Iterator[Comparison]:
    """Every comparison these reviews allow; `done` is called after each of its five columns."""
    for rater in raters(reviewed):
        rows: list[Row] = []
        for column in COLUMNS:
            groups = _groups(reviewed, rater, column)
            rows.append(_row(column, groups, rater, resamples, seed))
            done()
        yield Comparison(rater, tuple(rows))


def raters(reviewed: Sequence[Reviewed]) -> tuple[Rater, ...]:
    """The scorer; the judge where items have one; reviewers where two judged the same item."""
    judged = any(one.item.judge is not None for one in reviewed)
    doubled = any(len(one.reviews) > 1 for one in reviewed)
    judge: tuple[Rater, ...] = ("judge",) if judged else ()
    reviewers: tuple[Rater, ...] = ("reviewers",) if doubled else ()
    return ("scorer", *judge, *reviewers)


def _row(column: str, groups: Sequence[Pairs], rater: Rater, resamples: int, seed: int) -> Row:
    def figure(measure: Measure) -> Estimate | Missing:
        return estimate(measure, groups, resamples=resamples, seed=seed)

    edges = TOTAL_EDGES if column == "total" else DIMENSION_EDGES
    # Between reviewers every pair stands in both orders: a bias would be zero by construction.
    off = None if rater == "reviewers" else figure(bias)
    return Row(column, figure(kappa(edges)), figure(spearman), off)


def _groups(reviewed: Sequence[Reviewed], rater: Rater, column: str) -> list[Pairs]:
    if rater == "reviewers":
        return [_between(one, column) for one in reviewed if len(one.reviews) > 1]
    rated = ((one, one.item.quality if rater == "scorer" else one.item.judge) for one in reviewed)
    return [_against(one, points, column) for one, points in rated if points is not None]


def _against(one: Reviewed, points: Quality | Judgement, column: str) -> Pairs:
    return np.array([[one.human(column), getattr(points, column)]], dtype=np.float64)


def _between(one: Reviewed, column: str) -> Pairs:
    given = [getattr(review, column) for review in one.reviews]
    return np.array(list(permutations(given, 2)), dtype=np.float64)
