"""The permutation test, effect sizes and power against scipy and statsmodels."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from statsmodels.stats.power import TTestPower
from statsmodels.stats.proportion import proportion_confint

from evaluation.statistics.bootstrap import (
    Interval,
)
from evaluation.statistics.effect import effect
from evaluation.statistics.permutation import sign_flip
from evaluation.statistics.power import detectable, half_width, power, scenarios_needed

Numbers = NDArray[np.float64]


def drawn(scenarios: int, seed: int, mean: float = 0.0, sd: float = 10.0) -> Numbers:
    return np.random.default_rng(seed).normal(mean, sd, scenarios)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_permutation_test_is_scipys_where_exact(seed: int) -> None:
    values = drawn(11, seed, mean=4)
    every: Any = np.inf
    theirs = stats.permutation_test(
        (values,), np.mean, permutation_type="samples", n_resamples=every, vectorized=True
    )
    assert sign_flip(values) == pytest.approx(theirs.pvalue, abs=1e-12)


def test_of_signed_ranks_it_is_wilcoxons() -> None:
    values = drawn(13, 4, mean=4)
    ranks = np.sign(values) * stats.rankdata(np.abs(values))
    theirs: Any = stats.wilcoxon(values, method="exact")
    assert sign_flip(ranks) == pytest.approx(theirs.pvalue)


@pytest.mark.parametrize("mean", [0.0, 2.0, 4.0])
def test_for_many_scenarios_it_comes_near_the_t_test(mean: float) -> None:
    values = drawn(200, 6, mean=mean, sd=20)
    theirs = stats.ttest_rel(values, np.zeros(200)).pvalue
    assert sign_flip(values) == pytest.approx(theirs, abs=0.015)


def test_p_is_never_zero_and_one_where_nothing_differs() -> None:
    assert sign_flip(np.full(500, 5.0)) == pytest.approx(1 / 10_001)
    assert sign_flip(np.zeros(50)) == 1.0
    assert sign_flip(np.array([3.0, 3, 3, 3, 3])) == 2 / 32


@pytest.mark.parametrize("values", [drawn(20, 7, mean=4), drawn(500, 8, mean=-9), drawn(6, 9)])
def test_dz_is_the_t_statistic_scaled_and_its_interval_the_noncentral_ts(values: Numbers) -> None:
    dz, number = effect(values).dz, len(values)
    assert dz is not None
    t = stats.ttest_rel(values, np.zeros(number)).statistic
    assert dz.value * np.sqrt(number) == pytest.approx(t)
    assert stats.nct.cdf(t, number - 1, dz.low * np.sqrt(number)) == pytest.approx(0.975, abs=1e-4)
    assert stats.nct.cdf(t, number - 1, dz.high * np.sqrt(number)) == pytest.approx(0.025, abs=1e-4)


def test_wins_count_ties_half_and_keep_an_interval_at_the_end() -> None:
    wins = effect(np.array([1.0, 1, 1, 0, 0, -1, 2, 5])).wins
    theirs: Any = proportion_confint(6, 8, method="wilson")
    assert wins == pytest.approx(Interval(0.75, *theirs))
    assert effect(np.ones(20)).wins == pytest.approx(
        (1, proportion_confint(20, 20, method="wilson")[0], 1)
    )


@pytest.mark.parametrize(
    ("size", "sd", "number"), [(3, 12, 20), (4, 12, 120), (0.5, 1, 5), (2, 9, 3000)]
)
def test_power_is_statsmodels(size: float, sd: float, number: int) -> None:
    assert power(size, sd, number) == pytest.approx(TTestPower().power(size / sd, number, 0.05))
    assert power(-size, sd, number, alpha=0.01) == pytest.approx(
        TTestPower().power(size / sd, number, 0.01)
    )


@pytest.mark.parametrize("number", [5, 20, 120])
def test_the_detectable_difference_is_statsmodels(number: int) -> None:
    theirs = TTestPower().solve_power(nobs=number, alpha=0.05, power=0.8)
    assert detectable(12, number) == pytest.approx(12 * np.squeeze(theirs), rel=1e-5)


@pytest.mark.parametrize("size", [1.0, 4.0, 8.0, 40.0])
def test_the_scenarios_needed_are_the_fewest(size: float) -> None:
    needed = scenarios_needed(size, 12)
    assert needed is not None
    assert power(size, 12, needed) >= 0.8
    assert needed == 2 or power(size, 12, needed - 1) < 0.8
    if size < 8:
        theirs = TTestPower().solve_power(effect_size=size / 12, alpha=0.05, power=0.8)
        assert needed == np.ceil(theirs)


def test_without_spread_nothing_is_planned_and_far_out_power_is_one() -> None:
    assert detectable(0, 20) is None
    assert scenarios_needed(2, 0) is None
    assert scenarios_needed(1e-6, 12) is None
    assert power(96, 12, 20) == 1.0


def test_power_comes_true() -> None:
    """The t test finds what it should as often as promised, of 2,000 samples (0.9 % error)."""
    size = detectable(12, 20)
    assert size is not None
    samples = np.random.default_rng(3).normal(size, 12, (2000, 20))
    tested: Any = stats.ttest_1samp(samples, 0, axis=1)
    assert float(np.mean(tested.pvalue < 0.05)) == pytest.approx(0.8, abs=0.027)
    assert half_width(12, 20) == pytest.approx(stats.t.ppf(0.975, 19) * 12 / np.sqrt(20))
