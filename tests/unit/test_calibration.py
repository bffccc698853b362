"""`eventsmith-eval calibrate`: agreement against the libraries, and when it may be claimed."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm, spearmanr
from sklearn.metrics import cohen_kappa_score
from synthetic_reviews import DIMENSIONS, as_lines, line, sample

from evaluation.agreement import Estimate, Missing, Pairs, bias, estimate, kappa, spearman
from evaluation.calibration.claim import Row, more_items, shortcomings
from evaluation.calibration.comparison import Comparison, compare
from evaluation.calibration.words import verdict
from evaluation.cli import main
from evaluation.reviews import read_reviews
from serve.errors import ConfigurationError


def groups(rows: Any) -> list[Pairs]:
    return [np.array([row], dtype=float) for row in rows]


def drawn(seed: int, number: int = 60) -> list[Pairs]:
    rng = np.random.default_rng(seed)
    people = rng.uniform(0, 25, number)
    return groups(zip(people, np.clip(people + rng.normal(1, 4, number), 0, 25), strict=True))


def run(path: Path, capsys: pytest.CaptureFixture[str], *flags: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as left:
        main(["calibrate", str(path), "--resamples", "100", *flags])
    return int(left.value.code or 0), capsys.readouterr().out


def test_measures_are_those_of_the_libraries() -> None:
    pairs = np.concatenate(drawn(1))
    left, right = (np.floor(np.minimum(column, 24.9) / 5).astype(int) for column in pairs.T)
    assert kappa((5, 10, 15, 20))(pairs) == pytest.approx(
        cohen_kappa_score(left, right, weights="quadratic")
    )
    assert spearman(pairs) == pytest.approx(spearmanr(pairs[:, 0], pairs[:, 1])[0])
    assert bias(pairs) == pytest.approx(pairs[:, 1].mean() - pairs[:, 0].mean())


@pytest.mark.parametrize(
    ("points", "bin_of"),
    [(4.9, 0), (5.0, 1), (19.9, 3), (20.0, 4), (25.0, 4)],
    ids=["below an edge", "on an edge", "below the last", "on the last", "full"],
)
def test_a_bin_starts_at_its_edge(points: float, bin_of: int) -> None:
    inside = (2.5, 7.5, 12.5, 17.5, 22.5)
    pairs = np.array([[points, inside[bin_of]], *((each, each) for each in inside)])
    assert kappa((5, 10, 15, 20))(pairs) == 1.0


def test_the_error_of_a_mean_is_the_textbooks() -> None:
    found = estimate(bias, drawn(2), resamples=2000, seed=0)
    differences = np.concatenate(drawn(2)) @ (-1, 1)
    assert isinstance(found, Estimate)
    expected = differences.std(ddof=1) / np.sqrt(len(differences))
    assert found.error == pytest.approx(expected, rel=0.06)
    assert found.half_width == pytest.approx(norm.ppf(0.975) * expected, rel=0.08)
    assert found.low < found.value < found.high


def test_the_same_seed_gives_the_same_interval() -> None:
    first, again, other = (
        estimate(spearman, drawn(3), resamples=200, seed=seed) for seed in (5, 5, 6)
    )
    assert first == again != other


def test_pairs_of_one_item_are_drawn_together() -> None:
    """Five copies of each pair tell nothing new, so that the interval stays as wide."""
    once = estimate(bias, drawn(4), resamples=1000, seed=0)
    five = [np.repeat(group, 5, axis=0) for group in drawn(4)]
    repeated = estimate(bias, five, resamples=1000, seed=0)
    assert isinstance(once, Estimate)
    assert isinstance(repeated, Estimate)
    assert repeated.half_width == pytest.approx(once.half_width)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([(20, 18)], "fewer than two"),
        ([], "fewer than two"),
        ([(20, n % 25) for n in range(60)], "all the same or all in one bin"),
        ([(n % 25, 20) for n in range(60)], "all the same or all in one bin"),
        ([(21, 24)] * 60, "all the same or all in one bin"),
        ([(20, 20)] * 59 + [(3, 3)], "hardly differ"),
    ],
    ids=["one item", "none", "constant people", "constant scorer", "both", "one differs"],
)
@pytest.mark.parametrize("measure", [kappa((5, 10, 15, 20)), spearman], ids=["kappa", "spearman"])
def test_what_cannot_be_computed_says_why(measure: Any, rows: Any, reason: str) -> None:
    found = estimate(measure, groups(rows), resamples=200, seed=0)
    assert isinstance(found, Missing)
    assert reason in found.en
    assert found.items == len(rows)


def figure(value: float, half: float, items: int) -> Estimate:
    return Estimate(value, value - half, value + half, half / 1.96, items)


@pytest.mark.parametrize(
    ("agreement", "claims", "more"),
    [
        (figure(0.8, 0.1, 100), True, 0),
        (figure(0.8, 0.0, 20), False, 30),
        (figure(0.8, 0.2, 100), False, 300),
        (figure(0.8, 0.3, 20), False, 160),
        (figure(0.45, 0.1, 200), False, 0),
    ],
    ids=["enough", "few, all agree", "wide", "few and wide", "fair agreement"],
)
def test_a_claim_needs_items_width_and_agreement(
    agreement: Estimate, claims: bool, more: int
) -> None:
    row = Row("total", agreement, agreement, None)
    assert row.calibrated is claims
    assert more_items(row) == pytest.approx(more, abs=1)


def test_a_missing_figure_leaves_the_need_open() -> None:
    row = Row("total", figure(0.8, 0.1, 90), Missing("까닭", "why", 90), None)
    assert more_items(row) is None
    row = Row("total", Missing("까닭", "why", 90), figure(0.8, 0.1, 90), None)
    assert [en for _, en in shortcomings(row)] == ["kappa cannot be computed: why."]


def compared(lines: list[dict[str, Any]]) -> dict[str, Any]:
    found = compare(read_reviews(as_lines(lines), "r.jsonl"), resamples=100, seed=0)
    return {comparison.rater: comparison for comparison in found}


def test_a_good_scorer_is_calibrated_and_its_bias_corrected() -> None:
    scorer = compared(sample(250, noise=0.3, bias=-0.6))["scorer"]
    assert scorer.calibrated
    assert set(scorer.corrections) == set(DIMENSIONS)
    assert all(points == pytest.approx(0.6, abs=0.3) for points in scorer.corrections.values())
    assert "calibrated against people" in " ".join(verdict(scorer))


def test_a_bad_scorer_is_refused_whatever_the_number() -> None:
    scorer = compared(sample(300, noise=30))["scorer"]
    assert not scorer.calibrated
    assert scorer.corrections == {}
    assert "below 0.4" in " ".join(verdict(scorer))


def test_judge_and_reviewers_are_compared_where_they_are() -> None:
    lines = [*sample(30, noise=1, judge=True, reviewers=2), line("single")]
    found = compared(lines)
    assert {rater: one.total.kappa.items for rater, one in found.items()} == {
        "scorer": 31,
        "judge": 30,
        "reviewers": 30,
    }
    assert found["reviewers"].total.bias is None
    assert found["scorer"].total.bias.items == 31


def test_no_dimension_is_corrected_while_the_total_is_not_calibrated() -> None:
    good, off = figure(0.8, 0.05, 100), Estimate(-1.5, -1.8, -1.2, 0.15, 100)
    fun = Row("fun", good, good, off)
    assert Comparison("scorer", (fun, Row("total", good, good, off))).corrections == {"fun": 1.5}
    wide = Row("total", figure(0.8, 0.2, 100), good, off)
    assert Comparison("scorer", (fun, wide)).corrections == {}


def test_reviewers_are_compared_pair_by_pair_in_both_orders() -> None:
    lines = [
        line(f"item-{number}", people=(points, 9, 9, 9), reviewer=person)
        for number, given in enumerate([(4, 9, 14), (24, 22, 19), (11, 3, 9), (16, 23, 20)])
        for person, points in zip("abc", given, strict=True)
    ]
    left, right = [0, 1, 0, 2, 1, 2, 4, 4, 4, 3, 4, 3], [1, 0, 2, 0, 2, 1, 4, 4, 3, 4, 3, 4]
    left += [2, 0, 2, 1, 0, 1, 3, 4, 3, 4, 4, 4]
    right += [0, 2, 1, 2, 1, 0, 4, 3, 4, 3, 4, 4]
    among = compared(lines)["reviewers"].rows[0].kappa
    assert among.value == pytest.approx(cohen_kappa_score(left, right, weights="quadratic"))


def test_people_are_averaged_and_a_second_opinion_of_one_person_replaces_the_first() -> None:
    lines = [
        line(people=(10, 10, 10, 10), reviewer="a", submittedAt="2030-01-03T00:00:00Z"),
        line(people=(25, 25, 25, 25), reviewer="a", submittedAt="2030-01-02T00:00:00Z"),
        line(people=(20, 20, 20, 20), reviewer="b"),
    ]
    (one,) = read_reviews(as_lines(lines), "r.jsonl")
    assert (one.human("fun"), one.human("total")) == (15, 60)


@pytest.mark.parametrize("noise", [0.0, 1.0, 8.0])
def test_twenty_items_are_always_refused(
    noise: float, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "reviews.jsonl"
    path.write_bytes(as_lines(sample(20, noise=noise)))
    code, output = run(path, capsys, "--json")
    (scorer,) = json.loads(output)["comparisons"]
    assert code == 1
    assert scorer["calibrated"] is False
    assert scorer["missing"][0] == "only 20 distinct items; at least 50 are needed."
    assert scorer["corrections"] == {}
    assert scorer["moreItems"] >= 30


def test_equal_scores_are_words_not_nan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "reviews.jsonl"
    path.write_bytes(as_lines([line(f"item-{number}") for number in range(60)]))
    code, output = run(path, capsys)
    assert code == 1
    assert "nan" not in output.lower()
    assert "cannot be computed" in output
    assert "계산할 수 없" in output


def test_calibrated_exits_with_zero(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "reviews.jsonl"
    path.write_bytes(as_lines(sample(200, noise=0.3)))
    code, output = run(path, capsys)
    assert code == 0
    assert "calibrated against people" in output


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "holds no review"),
        (b"{oops", "r.jsonl:1: not JSON"),
        (b"\xff\xfe", "is not UTF-8"),
        (as_lines([line(people=(26, 1, 1, 1))]), "r.jsonl:1: review.consistency"),
        (as_lines([line(), line(verdict="meh")]), "r.jsonl:2: review.verdict"),
        (as_lines([line(submittedAt="2030-01-02T00:00:00")]), "r.jsonl:1: review.submittedAt"),
        (b'{"item": {}}', "r.jsonl:1: item.itemId"),
    ],
    ids=["empty", "no JSON", "no text", "over 25", "no verdict", "no time zone", "no item"],
)
def test_unreadable_reviews_name_line_and_field(content: bytes, complaint: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read_reviews(content, "r.jsonl")
    assert complaint in str(raised.value)


def test_reviews_changed_after_the_score_was_told_are_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [*sample(30, noise=1), line("item-changed", reviewer="kim", blind=False)]
    path = tmp_path / "reviews.jsonl"
    path.write_bytes(as_lines(lines))
    _, out = run(path, capsys)
    assert "고친 검토 1건은 뺐습니다" in out
    _, out = run(path, capsys, "--json")
    assert json.loads(out)["items"] == 30
    assert json.loads(out)["changedAfterScore"] == 1


def test_nothing_but_changed_reviews_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "reviews.jsonl"
    path.write_bytes(as_lines([line(blind=False)]))
    with pytest.raises(SystemExit) as left:
        main(["calibrate", str(path)])
    assert left.value.code == 2
    assert "every review was changed after its score had been told" in capsys.readouterr().err
