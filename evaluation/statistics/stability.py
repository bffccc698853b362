"""How much an arm's points change when the same scenario is asked again."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from evaluation.suite.result import Result


@dataclass(frozen=True, slots=True)
class Stability:
    """Of one arm's points; a failure is a trial with none."""

    scenarios: int
    """Those asked more than once."""
    trials: int
    """In these scenarios."""
    spread: float | None
    """Standard deviation between repeats of a scenario, points; None without repeats."""
    icc: float | None
    """Intraclass correlation, 0..1: the share of the variance that lies between scenarios.

    None without repeats, or where all trials have the same points.
    """


def stability(results: Sequence[Result]) -> Stability:
    """By one-way analysis of variance, ICC(1) of Shrout and Fleiss (Psychol. Bull. 86, 1979).

    Scenarios asked unequally often count by the mean group size of Donner (1986); an estimate below
    zero is told as zero.
    """
    names, cluster = np.unique([one.scenario for one in results], return_inverse=True)
    asked = np.bincount(cluster, minlength=len(names))
    kept = asked[cluster] > 1 if len(names) else np.zeros(0, dtype=bool)
    points = np.array([one.points for one in results], dtype=np.float64)[kept]
    sizes = asked[asked > 1]
    if not len(sizes):
        return Stability(0, 0, None, None)
    _, place = np.unique(cluster[kept], return_inverse=True)
    means = np.bincount(place, points) / sizes
    within = float(np.sum((points - means[place]) ** 2)) / (len(points) - len(sizes))
    return Stability(
        len(sizes), len(points), sqrt(within), _icc(points, means, sizes.astype(float), within)
    )


def _icc(points: np.ndarray, means: np.ndarray, sizes: np.ndarray, within: float) -> float | None:
    groups, number = len(sizes), len(points)
    if groups < 2 or np.ptp(points) == 0:
        return None
    between = float(np.sum(sizes * (means - points.mean()) ** 2)) / (groups - 1)
    size = (number - float(np.sum(sizes**2)) / number) / (groups - 1)
    estimate = (between - within) / (between + (size - 1) * within)
    return max(estimate, 0.0)
