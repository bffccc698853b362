"""Figures of an arm: checked against plain Python, and never telling what they cannot know."""

import re
import time
from collections.abc import Sequence
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from evaluation_samples import results
from pydantic import ValidationError

from evaluation.report import diversity as diversity_module
from evaluation.report.catalogue import FIGURES, shown
from evaluation.report.diversity import NEAR_DUPLICATE, diversity, triples_of
from evaluation.report.figures import busy_s, figures
from evaluation.report.table import COLUMNS, table, write_csv
from evaluation.suite.prices import Prices
from evaluation.suite.result import Outcome, Result
from serve.domain.state import Locale
from serve.quality.language import likeness, pieces

PRICES = Prices(input_per_million=0.1, output_per_million=0.4)


@pytest.fixture(scope="module")
def sample() -> list[Result]:
    return results(count=60, worse=0.4, failed=0.1)


def text(result: Result) -> str:
    assert result.event
    return " ".join(each for _, each in result.event.texts())


def written(sample: Sequence[Result]) -> list[Result]:
    return [one for one in sample if one.event]


def changed(result: Result, **fields: Any) -> Result:
    return result.model_copy(update=fields)


def test_the_sample_has_every_outcome(sample: list[Result]) -> None:
    assert {one.outcome for one in sample} == set(Outcome)


def test_names_suit_mlflow_and_are_described(sample: list[Result]) -> None:
    found = figures(sample, PRICES)
    assert all(re.fullmatch(r"[a-z0-9_.]+", name) for name in found)
    undescribed = {name for name in found if not name.startswith("violations.")} - FIGURES.keys()
    assert not undescribed
    assert FIGURES.keys() <= found.keys()
    assert all(np.isfinite(value) for value in found.values())
    assert all(shown(FIGURES[name], found[name]) for name in FIGURES)


def test_quality_counts_what_is_no_event_as_nothing(sample: list[Result]) -> None:
    found = figures(sample)
    totals = [one.quality.total if one.quality else 0.0 for one in sample]
    assert found["quality.total.mean"] == pytest.approx(np.mean(totals))
    assert found["quality.total.median"] == pytest.approx(np.median(totals))
    assert found["quality.total.p10"] == pytest.approx(np.percentile(totals, 10))
    parts = sum(
        found[f"quality.{name}.mean"] for name in ("consistency", "balance", "fun", "education")
    )
    assert parts == pytest.approx(found["quality.total.mean"], abs=0.05)


def test_shares(sample: list[Result]) -> None:
    found = figures(sample)
    shares = {outcome: found[f"share.{outcome}"] for outcome in Outcome}
    assert sum(shares.values()) == pytest.approx(1)
    assert found["share.served"] == shares[Outcome.ACCEPT] + shares[Outcome.REVIEW]
    assert found["share.failed"] == sum(one.outcome is Outcome.FAILED for one in sample) / 60
    assert found["n"] == 60


def test_a_rule_broken_twice_in_one_trial_counts_once(sample: list[Result]) -> None:
    rules = ("balance.band", "balance.dominated", "balance.band")
    odd = [changed(sample[0], violations=rules), changed(sample[1], violations=("balance.band",))]
    found = figures(odd)
    assert found["violations.balance.band"] == 2
    assert found["violations.balance.dominated"] == 1


def test_failed_trials_have_no_latency(sample: list[Result]) -> None:
    answered = [one for one in sample if one.outcome is not Outcome.FAILED]
    slow = [
        changed(one, duration_s=1000.0) if one.outcome is Outcome.FAILED else one for one in sample
    ]
    found = figures(slow)
    seconds = [one.duration_s for one in answered]
    for percent in (50, 95, 99):
        assert found[f"latency.p{percent}_s"] == pytest.approx(np.percentile(seconds, percent))
    first = [one.first_token_s for one in answered if one.first_token_s is not None]
    assert found["first_token.p95_s"] == pytest.approx(np.percentile(first, 95))
    tokens = sum(one.output_tokens for one in answered)
    assert found["tokens.output_per_event"] == pytest.approx(tokens / len(answered))
    assert found["tokens.output_per_s"] == pytest.approx(tokens / sum(seconds))


def test_what_is_not_told_is_left_out(sample: list[Result]) -> None:
    silent = [changed(one, prompt_tokens=0, output_tokens=0, first_token_s=None) for one in sample]
    found = figures(silent, PRICES)
    assert not [name for name in found if name.startswith(("tokens.", "first_token.", "cost."))]
    assert not [name for name in figures(sample) if name.startswith("cost.")]
    assert figures([], PRICES) == {"n": 0.0}
    nothing = [one for one in sample if one.outcome is Outcome.FAILED]
    found = figures(nothing, PRICES)
    assert found["quality.total.mean"] == 0
    assert not [name for name in found if name.startswith(("latency.", "diversity."))]


def test_cost_by_token_is_that_of_all_trials(sample: list[Result]) -> None:
    found = figures(sample, PRICES)
    total = sum(one.prompt_tokens * 0.1 + one.output_tokens * 0.4 for one in sample) / 1e6
    assert found["cost.per_1000_asked"] == pytest.approx(1000 * total / 60)
    assert found["cost.per_1000_served"] == pytest.approx(1000 * total / 60 / found["share.served"])


def test_cost_by_the_hour(sample: list[Result]) -> None:
    by_hour = Prices(per_hour=3.6)
    ten = [
        changed(one, started_at=100.0 + 5 * (place // 2), duration_s=4.0)
        for place, one in enumerate(sample[:10])
    ]
    assert busy_s(ten) == pytest.approx(20), "five pairs at once, a second of rest between them"
    assert figures(ten, by_hour)["cost.per_1000_asked"] == pytest.approx(1000 * 0.02 / 10)
    shared = figures(ten, by_hour, concurrency=4)["cost.per_1000_asked"]
    assert shared == pytest.approx(1000 * 0.01 / 10), "40 s of trials, four at a time"


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({}, "input_per_million, output_per_million or per_hour"),
        ({"per_hour": -1}, "per_hour"),
        ({"per_hour": 1, "currency": "won"}, "currency"),
        ({"per_day": 1}, "per_day"),
    ],
)
def test_prices_that_make_no_sense(fields: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        Prices(**fields)


def test_triples_are_the_rubrics_pieces() -> None:
    for one in ("서버가 멈췄습니다! DB-1", "a b", "", "ab", "ABCabc", "결제🙂창구 12"):
        assert len(np.unique(triples_of(one))) == len(pieces(one))
    left, right = "캐시를 먼저 둡니다", "캐시를 나중에 둡니다"
    shared = np.intersect1d(triples_of(left), triples_of(right)).size
    union = np.union1d(triples_of(left), triples_of(right)).size
    assert shared / union == pytest.approx(likeness(left, right))


def test_likeness_between_events_is_the_rubrics(sample: list[Result]) -> None:
    events = written(sample)
    pairs = [
        (one, likeness(text(events[one]), text(events[other])))
        for one, other in product(range(len(events)), repeat=2)
        if events[one].scenario != events[other].scenario
        and events[one].locale is events[other].locale
    ]
    found = diversity(sample)
    assert found["diversity.self_similarity"] == pytest.approx(np.mean([like for _, like in pairs]))
    alike = {one for one, like in pairs if like >= NEAR_DUPLICATE}
    assert found["diversity.near_duplicates"] == pytest.approx(len(alike) / len(events))
    assert 0 < len(alike) < len(events)


def test_a_drawn_part_tells_nearly_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    many = results(count=240, worse=0.3)
    whole = diversity(many)
    monkeypatch.setattr(diversity_module, "COMPARED", 150)
    part = diversity(many)
    assert part == diversity(many)
    for name in ("diversity.self_similarity", "diversity.near_duplicates"):
        assert part[name] == pytest.approx(whole[name], abs=0.08)


def test_repeats_of_one_scenario_are_no_duplicates(sample: list[Result]) -> None:
    one = next(each for each in written(sample) if each.locale is Locale.KO)
    twice = [one, changed(one, repeat=1)]
    assert "diversity.near_duplicates" not in diversity(twice)
    elsewhere = [*twice, changed(one, scenario="elsewhere")]
    assert diversity(elsewhere)["diversity.near_duplicates"] == 1
    assert diversity(elsewhere)["diversity.self_similarity"] == pytest.approx(1)


def test_distinct_is_the_share_of_different_ngrams(sample: list[Result]) -> None:
    one = written(sample)[0]
    words = [word.lower() for word in re.findall(r"[^\W_]+", text(one))]
    pairs = list(pairwise(words))
    found = diversity([one])
    assert found["diversity.distinct_1"] == pytest.approx(len(set(words)) / len(words))
    assert found["diversity.distinct_2"] == pytest.approx(len(set(pairs)) / len(pairs))
    twice = diversity([one, changed(one, scenario="elsewhere")])
    assert twice["diversity.distinct_1"] == pytest.approx(found["diversity.distinct_1"] / 2)


def test_distinct_does_not_fall_with_the_size_of_the_run() -> None:
    few, many = diversity(results(count=120)), diversity(results(count=480))
    for name in ("diversity.distinct_1", "diversity.distinct_2", "diversity.distinct_char_3"):
        assert many[name] == pytest.approx(few[name], abs=0.03)


def test_ten_thousand_trials_in_seconds() -> None:
    base = results(count=250)
    many = [changed(one, scenario=f"{one.scenario}-{copy}") for copy in range(40) for one in base]
    started = time.process_time()
    assert figures(many)["n"] == 10_000
    assert time.process_time() - started < 12


def test_the_table_has_every_trial(sample: list[Result]) -> None:
    frame: Any = table(sample)
    assert list(frame.columns) == list(COLUMNS)
    assert len(frame) == 60
    assert frame["points"].tolist() == [one.points for one in sample]
    failed = frame[frame["outcome"] == "failed"]
    assert set(failed["title"].isna()) == {True}
    assert all(failed["error"])
    first = frame[frame["title"].notna()].iloc[0]
    assert first["choices"].startswith("a) ")
    assert table([]).empty


def test_a_spreadsheet_runs_nothing(sample: list[Result], tmp_path: Path) -> None:
    one = written(sample)[0]
    assert one.event
    hostile = one.event.model_copy(update={"title": '=HYPERLINK("http://x")'})
    write_csv([changed(one, event=hostile), *sample], tmp_path / "events.csv")
    back: Any = pd.read_csv(tmp_path / "events.csv", encoding="utf-8-sig")
    assert back["title"][0] == '\'=HYPERLINK("http://x")'
    assert back["title"][1:].dropna().tolist() == [
        each.event.title for each in sample if each.event
    ]
    assert len(back) == 61
