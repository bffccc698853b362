"""Pairs, intervals and measures against scipy and statsmodels, and samples whose truth is known."""

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from paired_trials import arm, trial
from samples import STATE
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from evaluation.statistics.bootstrap import (
    Interval,
    difference,
    expanded_tail,
)
from evaluation.statistics.comparing import compare
from evaluation.statistics.measures import LATENCY, POINTS, columns
from evaluation.statistics.paired import pair
from evaluation.statistics.permutation import sign_flip
from evaluation.suite.result import Outcome
from serve.domain.state import Locale
from serve.errors import ConfigurationError

Numbers = NDArray[np.float64]


def drawn(scenarios: int, seed: int, mean: float = 0.0, sd: float = 10.0) -> Numbers:
    return np.random.default_rng(seed).normal(mean, sd, scenarios)


def skewed(scenarios: int, seed: int) -> Numbers:
    return np.random.default_rng(seed).lognormal(0, 1, scenarios)


def test_trials_pair_by_scenario_and_repeat_whatever_their_order() -> None:
    left = arm([80, 90, 70, 60], repeats=2)
    right = arm([81, 92, 73, 64], repeats=2)[::-1]
    pairs = pair(left, right)
    assert pairs.scenarios == ("s-0000", "s-0001")
    assert pairs.cluster.tolist() == [0, 0, 1, 1]
    assert pairs.difference.tolist() == [1, 2, 3, 4]
    assert (pairs.only_baseline, pairs.only_candidate) == (0, 0)


def test_what_only_one_side_has_is_counted_and_left_out() -> None:
    pairs = pair(
        arm([80, 81, 82, 83]), [*arm([90, 91], name="x/y/z"), trial(9), trial(10, repeat=1)]
    )
    assert pairs.difference.tolist() == [10, 10]
    assert (pairs.only_baseline, pairs.only_candidate) == (2, 2)


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        (arm([80]), arm([80]), "share 1 scenarios"),
        ([], arm([80, 81]), "share 0 scenarios"),
        (arm([1, 2, 3], repeats=3), arm([1, 2, 3], repeats=3), "share 1 scenarios"),
        (arm([80, 81, 82]), [*arm([80, 81]), trial(1)], "candidate: scenario s-0001 has repeat 0"),
        (arm([80, 81]), arm([80, 81], locale=Locale.EN), "scenario s-0000 is another player"),
        (
            arm([80, 81]),
            arm([80, 81], game_state=STATE.model_copy(update={"cash": 1})),
            "scenario s-0000 is another player",
        ),
    ],
    ids=["one", "none", "repeats of one", "twice", "locale", "state"],
)
def test_what_cannot_be_paired_is_told(left: Any, right: Any, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said) as raised:
        pair(left, right)
    assert "compare" in str(raised.value) or "pass" in str(raised.value)


def test_repeats_are_averaged_and_every_scenario_counts_the_same() -> None:
    left = [*arm([0, 0, 0]), trial(2, 0, repeat=1), trial(2, 0, repeat=2)]
    right = [*arm([3, 6, 1]), trial(2, 2, repeat=1), trial(2, 6, repeat=2)]
    assert compare(left, right).points.value == pytest.approx((3 + 6 + 3) / 3)


@pytest.mark.parametrize("values", [drawn(20, 1), skewed(40, 2), np.repeat([0.0, 1.0], [15, 5])])
def test_the_interval_is_scipys_at_the_expanded_level(values: Numbers) -> None:
    found = difference(values, resamples=20_000)
    theirs: Any = stats.bootstrap(
        (values,),
        np.mean,
        confidence_level=1 - 2 * expanded_tail(len(values)),
        method="percentile",
        n_resamples=20_000,
        rng=np.random.default_rng(5),
    ).confidence_interval
    tolerance = 0.04 * float(theirs.high - theirs.low)
    assert found.low == pytest.approx(theirs.low, abs=tolerance)
    assert found.high == pytest.approx(theirs.high, abs=tolerance)


@pytest.mark.parametrize("scenarios", [8, 20, 500])
def test_of_normal_differences_it_is_as_wide_as_students(scenarios: int) -> None:
    values = np.asarray(stats.norm.ppf((np.arange(scenarios) + 0.5) / scenarios)) * 7
    found = difference(values, resamples=20_000)
    theirs: Any = stats.ttest_rel(values, np.zeros(scenarios)).confidence_interval(0.95)
    assert found.low == pytest.approx(theirs.low, rel=0.06)
    assert found.high == pytest.approx(theirs.high, rel=0.06)


def test_for_many_scenarios_the_tail_is_the_usual_one() -> None:
    assert expanded_tail(10**6) == pytest.approx(0.025, abs=1e-5)
    assert expanded_tail(20) == pytest.approx(
        stats.norm.cdf(-np.sqrt(20 / 19) * 2.093024), rel=1e-5
    )


def test_the_same_seed_gives_the_same_interval() -> None:
    values = drawn(30, 3)
    assert difference(values, seed=1) == difference(values, seed=1) != difference(values, seed=2)


def test_a_scenario_without_the_figure_counts_for_nothing() -> None:
    values = drawn(30, 4)
    padded = np.concatenate([values, np.full(10, np.nan)])
    alone, among = difference(values), difference(padded)
    assert among.value == pytest.approx(alone.value)
    assert among.high - among.low == pytest.approx(alone.high - alone.low, rel=0.15)


def clustered(samples: int, scenarios: int, repeats: int, true: float) -> NDArray[np.float64]:
    """(samples, scenarios, repeats): differences that lie within a scenario near each other."""
    rng = np.random.default_rng(11)
    return (
        true
        + rng.normal(0, 8, (samples, scenarios, 1))
        + rng.normal(0, 4, (samples, scenarios, repeats))
    )


def coverage(rows: NDArray[np.float64], true: float) -> float:
    intervals = [difference(row, resamples=800, seed=seed) for seed, row in enumerate(rows)]
    return float(np.mean([one.low <= true <= one.high for one in intervals]))


@pytest.mark.parametrize("scenarios", [12, 40])
def test_the_interval_holds_the_truth_in_95_of_100_samples(scenarios: int) -> None:
    """Of 600 samples 95 % leave a standard error of 0.9 %."""
    samples = clustered(600, scenarios, 4, true=3.0)
    assert coverage(samples.mean(axis=2), 3.0) == pytest.approx(0.95, abs=0.027)


def test_repeats_taken_for_scenarios_would_miss_it_far_too_often() -> None:
    samples = clustered(300, 40, 4, true=3.0)
    assert coverage(samples.reshape(300, -1), 3.0) < 0.8


def test_repeats_of_the_same_answer_tell_nothing_new() -> None:
    points = drawn(40, 5, mean=75, sd=8)
    once = compare(arm([75.0] * 40), arm(list(points)))
    often = compare(arm([75.0] * 200, repeats=5), arm(list(np.repeat(points, 5)), repeats=5))
    assert often.points == once.points
    assert (often.trials, often.scenarios) == (200, 40)


def test_shares_are_differences_of_proportions() -> None:
    left = arm([90] * 10 + [70] * 10)
    right = [
        *arm([90] * 16 + [50] * 2, name="a/b/c"),
        trial(18, outcome=Outcome.INVALID, quality=None),
        trial(19, outcome=Outcome.FAILED, quality=None),
    ]
    found = compare(left, right)
    values = {name: found.finding(name).change for name in ("accepted", "served", "failed")}
    assert {name: one and round(one.value, 9) for name, one in values.items()} == {
        "accepted": 0.3,
        "served": -0.2,
        "failed": 0.1,
    }
    assert found.finding("fun").scenarios == 18


def test_a_share_that_never_differs_may_differ_yet() -> None:
    for number in (20, 120):
        found = compare(arm([90.0] * number), arm([90.0] * number, name="a/b/c"))
        bound: Any = proportion_confint(0, number, method="beta")[1]
        assert found.finding("failed").change == pytest.approx(Interval(0, -bound, bound))


def test_latency_is_a_ratio_of_what_a_model_wrote() -> None:
    left, right = (
        arm([80.0] * 30),
        arm([80.0] * 30, name="a/b/c", duration_s=1.2, first_token_s=None),
    )
    right[0] = trial(0, duration_s=0.001, source="pool")
    right[1] = trial(1, duration_s=60, outcome=Outcome.FAILED, quality=None)
    found = compare(left, right)
    latency = found.finding("latency")
    assert latency.scenarios == 28
    assert latency.change == pytest.approx((1.2, 1.2, 1.2))
    assert (latency.baseline, latency.candidate) == pytest.approx((1.0, 1.2))
    assert found.finding("first_token").change is None
    assert found.finding("output_tokens").change == pytest.approx((1, 1, 1))


def test_half_and_twice_cancel_out() -> None:
    left = arm([80.0] * 10)
    right = [trial(one, duration_s=2.0 if one % 2 else 0.5) for one in range(10)]
    change = compare(left, right).finding("latency").change
    assert change is not None
    assert change.value == pytest.approx(1.0)
    assert change.low < 0.8
    assert change.high > 1.25


def test_columns_are_known_only_where_both_sides_are() -> None:
    left = [trial(0, duration_s=2), trial(0, repeat=1, duration_s=8), trial(1)]
    right = [trial(0, duration_s=4), trial(0, repeat=1, source="stale"), trial(1, source="static")]
    baseline, candidate, ratio = columns(pair(left, right), (LATENCY, POINTS))
    assert np.exp(baseline[:, 0]) == pytest.approx([2, np.nan], nan_ok=True)
    assert np.exp(candidate[:, 0]) == pytest.approx([4, np.nan], nan_ok=True)
    assert np.exp(ratio[:, 0]) == pytest.approx([2, np.nan], nan_ok=True)
    assert ratio[:, 1].tolist() == [0, 0]


POINTS_OF_A_RUN = st.lists(st.integers(0, 100).map(float), min_size=2, max_size=25)


@settings(max_examples=40, deadline=None)
@given(POINTS_OF_A_RUN, st.integers(0, 5))
def test_swapping_the_sides_changes_the_sign_only(points: list[float], seed: int) -> None:
    left, right = arm(points), arm(points[::-1], name="a/b/c")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        there = compare(left, right, resamples=300, seed=seed)
        back = compare(right, left, resamples=300, seed=seed)
    assert there.points == pytest.approx((-back.points.value, -back.points.high, -back.points.low))
    assert there.p == pytest.approx(back.p)
    assert there.effect.wins.value == pytest.approx(1 - back.effect.wins.value)
    opposite = {"better": "worse", "worse": "better"}
    assert there.verdict == opposite.get(back.verdict, back.verdict)
    assert there.points.low - 1e-9 <= there.points.value <= there.points.high + 1e-9
    assert 0 < there.p <= 1


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-50, 50), min_size=2, max_size=40), st.floats(-30, 30))
def test_adding_a_constant_shifts_the_interval(values: list[float], constant: float) -> None:
    column = np.array(values)
    here, there = difference(column, 300), difference(column + constant, 300)
    assert there == pytest.approx(tuple(end + constant for end in here), abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-50, 50), min_size=2, max_size=40), st.floats(0.1, 20))
def test_p_does_not_depend_on_the_unit(values: list[float], unit: float) -> None:
    column: Numbers = np.round(np.array(values, dtype=np.float64), 3)
    assert sign_flip(column * unit) == pytest.approx(sign_flip(column))
