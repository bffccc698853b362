"""Two arms' trials side by side: what both were asked, paired by scenario and repeat."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluation.suite.result import Result
from serve.errors import ConfigurationError

Column = NDArray[np.float64]
Table = NDArray[np.float64]
"""Of shape (scenarios, figures), NaN where a scenario has no such figure."""

_LEAST = 2
"""Scenarios: of one nothing can be said about others."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Trials in the order of scenario and repeat, the two of a pair at the same place."""

    baseline: tuple[Result, ...]
    candidate: tuple[Result, ...]
    cluster: NDArray[np.int64]
    """Of each pair, its scenario's place in `scenarios`."""
    scenarios: tuple[str, ...]
    only_baseline: int
    """Trials of the baseline that the candidate lacks."""
    only_candidate: int

    @property
    def difference(self) -> Column:
        """Candidate minus baseline of each pair, points."""
        return np.array(
            [b.points - a.points for a, b in zip(self.baseline, self.candidate, strict=True)]
        )

    def scenario_means(self, table: Table) -> Table:
        """Rows of pairs averaged to rows of scenarios; NaN counts for nothing."""
        known = ~np.isnan(table)
        size, filled = len(self.scenarios), np.where(known, table, 0.0)
        means = np.full((size, table.shape[1]), np.nan)
        for place in range(table.shape[1]):
            count = np.bincount(self.cluster, known[:, place], size)
            total = np.bincount(self.cluster, filled[:, place], size)
            np.divide(total, count, out=means[:, place], where=count > 0)
        return means


def pair(baseline: Sequence[Result], candidate: Sequence[Result]) -> Pairs:
    """Pairs by `Result.pair`; what only one side has is counted and left out.

    Raises ConfigurationError when fewer than two scenarios are shared, when a side has a trial
    twice, or when a scenario's player is not the same on both sides.
    """
    left, right = _by_pair(baseline, "baseline"), _by_pair(candidate, "candidate")
    shared = sorted(left.keys() & right.keys())
    scenarios = tuple(sorted({scenario for scenario, _ in shared}))
    if len(scenarios) < _LEAST:
        raise ConfigurationError(
            f"baseline and candidate share {len(scenarios)} scenarios; compare two runs of the same"
            f" dataset that have at least {_LEAST} in common"
        )
    for key in shared:
        _same_player(left[key], right[key])
    place = {scenario: number for number, scenario in enumerate(scenarios)}
    return Pairs(
        tuple(left[key] for key in shared),
        tuple(right[key] for key in shared),
        np.array([place[scenario] for scenario, _ in shared], dtype=np.int64),
        scenarios,
        len(left) - len(shared),
        len(right) - len(shared),
    )


def _by_pair(results: Sequence[Result], side: str) -> dict[tuple[str, int], Result]:
    found = {result.pair: result for result in results}
    if len(found) == len(results):
        return found
    seen = set[tuple[str, int]]()
    for result in results:
        if result.pair in seen:
            raise ConfigurationError(
                f"{side}: scenario {result.scenario} has repeat {result.repeat} twice; "
                "pass the results of one arm of one run"
            )
        seen.add(result.pair)
    return found


def _same_player(one: Result, other: Result) -> None:
    if (one.game_state, one.locale) != (other.game_state, other.locale):
        raise ConfigurationError(
            f"scenario {one.scenario} is another player in the candidate's dataset than in the "
            "baseline's; compare runs of the same version of a dataset"
        )
