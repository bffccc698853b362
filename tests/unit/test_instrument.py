"""The split that keeps tuning and measuring apart, and the arithmetic of the instrument."""

import re
from pathlib import Path

import pytest

from evaluation.instrument.pools import corpus, static_pool
from evaluation.instrument.statistics import auc, share
from evaluation.split import Side, side
from serve.domain.balance import BalancePolicy
from serve.settings import Settings

_QUALITY = Path(__file__).parents[2] / "serve" / "quality"


@pytest.fixture(scope="module")
def policy() -> BalancePolicy:
    return BalancePolicy.parse(Settings.from_environ().table("balance.yaml"))


@pytest.mark.parametrize(
    ("draft_id", "expected"),
    [
        ("en-team-001", "held_out"),
        ("en-team-002", "held_out"),
        ("en-team-003", "tuning"),
        ("ko-team-001", "held_out"),
        ("ko-team-002", "tuning"),
        ("ko-team-003", "tuning"),
        ("en-team-s01", "held_out"),
        ("en-team-s02", "tuning"),
        ("en-team-s03", "tuning"),
        ("ko-team-s01", "tuning"),
        ("ko-team-s02", "tuning"),
        ("ko-team-s03", "held_out"),
    ],
)
def test_the_split_is_fixed(draft_id: str, expected: str) -> None:
    assert side(draft_id) == expected


def test_the_sides_are_disjoint_and_about_half(policy: BalancePolicy) -> None:
    for pool in (static_pool, corpus):
        tuning, held_out = ({specimen.id for specimen in pool(policy, wanted)} for wanted in Side)
        assert not tuning & held_out
        assert 0.35 < len(tuning) / (len(tuning) + len(held_out)) < 0.65


def test_nothing_the_scorer_has_learnt_comes_from_held_out_events(policy: BalancePolicy) -> None:
    """Whatever data the scorer carries may name events it was derived from: of tuning only."""
    held_out = {s.id for pool in (static_pool, corpus) for s in pool(policy, Side.HELD_OUT)}
    for path in _QUALITY.rglob("*"):
        if path.is_file() and path.suffix in {".json", ".yaml", ".txt", ".jsonl"}:
            named = set(re.findall(r"[\w-]+", path.read_text("utf-8")))
            assert not named & held_out, path.name


@pytest.mark.parametrize(
    ("good", "bad", "expected"),
    [
        pytest.param([3, 4], [1, 2], 1.0, id="apart"),
        pytest.param([1, 2], [3, 4], 0.0, id="the wrong way round"),
        pytest.param([5, 5], [5, 5], 0.5, id="ties count half"),
        pytest.param([2, 4], [1, 3], 0.75, id="three pairs of four"),
    ],
)
def test_auc(good: list[float], bad: list[float], expected: float) -> None:
    goods, bads = (
        [(f"{name}{index}", total) for index, total in enumerate(totals)]
        for name, totals in (("good", good), ("bad", bad))
    )
    assert auc(goods, bads).value == pytest.approx(expected)


def test_an_interval_is_wider_when_the_observations_share_an_event() -> None:
    hits = [number % 2 == 0 for number in range(200)]
    apart = share([(str(number), hit) for number, hit in enumerate(hits)])
    together = share([(str(hit) + str(number % 5), hit) for number, hit in enumerate(hits)])
    assert apart.value == together.value == 0.5
    assert together.high - together.low > 2 * (apart.high - apart.low)


def test_a_share_of_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="no observations"):
        share([])
