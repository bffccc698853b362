"""Several candidates at once, and repeats of one, against scipy and statsmodels."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from paired_trials import arm, trial
from scipy import stats
from statsmodels.stats.multitest import multipletests

from evaluation.statistics.bootstrap import (
    Interval,
    mean_interval,
    resampled_means,
)
from evaluation.statistics.comparing import compare
from evaluation.statistics.many import compare_many, holm, simultaneous
from evaluation.statistics.stability import stability

Numbers = NDArray[np.float64]


def drawn(scenarios: int, seed: int, mean: float = 0.0, sd: float = 10.0) -> Numbers:
    return np.random.default_rng(seed).normal(mean, sd, scenarios)


@pytest.mark.parametrize("ps", [[0.01, 0.04, 0.03], [0.5, 0.9, 0.001, 0.02], [0.2], [0.03, 0.03]])
def test_holm_is_statsmodels(ps: list[float]) -> None:
    theirs: Any = multipletests(ps, method="holm")
    assert holm(ps) == pytest.approx(theirs[1].tolist())


def test_simultaneous_intervals_all_hold_in_95_of_100_samples() -> None:
    """Four candidates of no difference, against a baseline they share."""
    rng = np.random.default_rng(7)
    samples = rng.normal(0, 8, (400, 30, 4)) - rng.normal(0, 8, (400, 30, 1))
    every = np.mean([_all_hold(simultaneous(one, 600, seed)) for seed, one in enumerate(samples)])
    single = np.mean([_all_hold(_one_by_one(one, seed)) for seed, one in enumerate(samples)])
    assert float(every) == pytest.approx(0.95, abs=0.03)
    assert float(single) < 0.9


def _all_hold(intervals: list[Interval]) -> bool:
    return all(one.low <= 0 <= one.high for one in intervals)


def _one_by_one(table: Numbers, seed: int) -> list[Interval]:
    means = resampled_means(table, 600, seed)
    return [mean_interval(table[:, one], means[:, one]) for one in range(table.shape[1])]


def test_simultaneous_intervals_lie_between_single_ones_and_bonferronis() -> None:
    table = np.column_stack([drawn(60, seed) for seed in (1, 2, 3)])
    table[:, 2] = 0.7 * table[:, 1] + 0.3 * table[:, 2]
    for place, interval in enumerate(simultaneous(table)):
        column = table[:, place]
        error = column.std(ddof=1) / np.sqrt(60)
        half = (interval.high - interval.low) / 2
        assert stats.t.ppf(0.975, 59) * error < half < stats.t.ppf(1 - 0.025 / 3, 59) * error * 1.01


def test_a_lone_candidate_needs_no_allowance() -> None:
    left, right = arm(list(drawn(30, 1, 70))), arm(list(drawn(30, 2, 75)), name="a/b/c")
    assert compare_many(left, {"a": right}) == {"a": compare(left, right)}


def test_an_arm_compared_among_others_needs_more_evidence() -> None:
    left = arm(list(drawn(40, 1, 70, 8)))
    others = {
        str(seed): arm(list(drawn(40, seed, 74, 8)), name=f"{seed}/b/c") for seed in (2, 3, 4)
    }
    found = compare_many(left, others)
    alone = {name: compare(left, results) for name, results in others.items()}
    assert [one.p for one in found.values()] == pytest.approx(
        holm([one.p for one in alone.values()])
    )
    for name, one in found.items():
        assert one.candidates == 3
        assert one.points.value == pytest.approx(alone[name].points.value)
        assert one.points.high - one.points.low > alone[name].points.high - alone[name].points.low
        assert one.findings[0].change == one.points
        assert one.findings[1:] == alone[name].findings[1:]
        assert (one.detectable or 0) > (alone[name].detectable or 0)


def test_candidates_need_not_share_all_scenarios() -> None:
    left = arm(list(drawn(40, 1, 70, 8)))
    found = compare_many(left, {"whole": arm([75.0] * 40), "part": arm([75.0] * 25)})
    assert [one.scenarios for one in found.values()] == [40, 25]
    assert found["part"].points.high - found["part"].points.low > 0


def test_repeat_spread_and_icc_are_the_analysis_of_variances() -> None:
    rng = np.random.default_rng(2)
    points = np.clip(rng.normal(70, 8, (30, 1)) + rng.normal(0, 4, (30, 3)), 0, 100).round(1)
    points = np.array([[trial(0, one).points for one in row] for row in points])
    found = stability(arm(list(points.ravel()), repeats=3))
    ratio = float(stats.f_oneway(*points).statistic)
    assert found.spread == pytest.approx(np.sqrt(points.var(axis=1, ddof=1).mean()))
    assert found.icc == pytest.approx((ratio - 1) / (ratio + 2))
    assert (found.scenarios, found.trials) == (30, 90)


def test_scenarios_asked_once_say_nothing_of_repeats() -> None:
    once = stability(arm([70, 80, 90]))
    assert (once.scenarios, once.spread, once.icc) == (0, None, None)
    mixed = stability([*arm([70, 80, 90]), trial(1, 84, repeat=1)])
    assert (mixed.scenarios, mixed.trials) == (1, 2)
    assert mixed.spread == pytest.approx(np.std([80, 84], ddof=1))
    assert mixed.icc is None


def test_where_repeats_differ_more_than_scenarios_the_icc_is_zero() -> None:
    assert stability(arm([60, 80, 80, 60, 61, 79], repeats=2)).icc == 0.0
