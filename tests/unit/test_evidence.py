"""Intervals that hold at every look: the truth is left out no more often than alpha says."""

from itertools import accumulate
from random import Random

import pytest

from serve.release.evidence import mean, share

ALPHA = 0.05


def test_a_share_is_left_out_at_some_look_no_more_often_than_alpha() -> None:
    rng, truth, missed = Random(3), 0.05, 0
    for _ in range(200):
        hits = list(accumulate(rng.random() < truth for _ in range(2000)))
        looks = [share(hits[n - 1], n, ALPHA) for n in range(20, 2001, 60)]
        missed += any(not one.low <= truth <= one.high for one in looks)
    assert missed / 200 <= ALPHA + 0.02


def test_a_mean_is_left_out_at_some_look_no_more_often_than_alpha() -> None:
    rng, missed = Random(4), 0
    for _ in range(200):
        sums = list(accumulate(rng.gauss(85, 6) for _ in range(1500)))
        looks = [mean(sums[n - 1], 36.0, n, ALPHA) for n in range(50, 1501, 50)]
        missed += any(not one.low <= 85 <= one.high for one in looks)
    assert missed / 200 <= ALPHA + 0.02


@pytest.mark.parametrize(("part", "whole"), [(0, 0), (0, 100), (100, 100), (1, 1), (37, 1000)])
def test_a_share_lies_in_its_interval(part: int, whole: int) -> None:
    interval = share(part, whole, ALPHA)
    assert 0 <= interval.low <= interval.value <= interval.high <= 1
    assert interval.cases == whole


def test_intervals_narrow_as_cases_come() -> None:
    widths = [one.high - one.low for one in (share(n // 20, n, ALPHA) for n in (100, 1000, 10_000))]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] < 0.02


def test_nothing_known_is_anything() -> None:
    assert share(0, 0, ALPHA)[1:3] == (0.0, 1.0)
    assert mean(0, 0, 0, ALPHA)[1:3] == (0.0, 100.0)
