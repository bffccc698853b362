"""What is said of a comparison, on the terminal and in JSON, and what lets a pipeline go on."""

import json
import subprocess
import sys
from dataclasses import replace
from io import StringIO
from math import isfinite
from textwrap import fill

import pytest
from inline_snapshot import snapshot
from paired_trials import arm, failed, trial
from rich.console import Console

from evaluation.statistics.bootstrap import Interval
from evaluation.statistics.claim import labels
from evaluation.statistics.comparing import compare
from evaluation.statistics.comparison import Comparison
from evaluation.statistics.console import print_comparison, print_comparisons
from evaluation.statistics.figures import signed
from evaluation.statistics.gate import FailIf, gate
from evaluation.statistics.many import compare_many
from evaluation.statistics.measures import MEASURES
from evaluation.statistics.verdict import LEAST_SCENARIOS, Verdict, judged
from evaluation.statistics.words import latency, stability, verdict
from evaluation.suite.result import Outcome, Result

# Differences of these rows, in turn: a mean of 4 and a spread of 2.2, or a mean of 0.
BETTER, SAME = (1.0, 7.0, 4.0, 2.0, 6.0, 4.0), (-1.0, 1.0, 0.5, -0.5, 0.0, 0.0)
WIDE = (-30.0, 28.0, 12.0, -14.0, 9.0, -2.0)


def against(
    differences: tuple[float, ...], scenarios: int = 60, name: str = "terse/small/default"
) -> Comparison:
    baseline = arm([70.0] * scenarios)
    turns = [70 + differences[one % len(differences)] for one in range(scenarios)]
    return compare(baseline, arm(turns, name=name))


def said(comparison: Comparison) -> str:
    """Both sentences, in lines of 55 characters."""
    return "\n".join(fill(one, 55) for one in verdict(comparison))


def printed(*comparisons: Comparison) -> str:
    console = Console(width=150, record=True, file=StringIO())
    for one in comparisons:
        print_comparison(console, one)
    return console.export_text()


@pytest.mark.parametrize(
    ("interval", "scenarios", "p", "expected"),
    [
        ((4, 1, 7), 20, 0.01, Verdict.BETTER),
        ((-4, -7, -1), 20, 0.01, Verdict.WORSE),
        ((0.1, -1.9, 2.0), 20, 0.9, Verdict.EQUIVALENT),
        ((1.0, 0.5, 1.5), 20, 0.001, Verdict.EQUIVALENT),
        ((1.0, -0.1, 2.1), 20, 0.06, Verdict.UNCLEAR),
        ((4, 0, 8), 20, 0.05, Verdict.UNCLEAR),
        ((4, 0.1, 8), 20, 0.06, Verdict.UNCLEAR),
        ((4, 1, 7), LEAST_SCENARIOS - 1, 0.01, Verdict.UNCLEAR),
        ((0, 0, 0), LEAST_SCENARIOS - 1, 1.0, Verdict.UNCLEAR),
        ((0, 0, 0), LEAST_SCENARIOS, 1.0, Verdict.EQUIVALENT),
        (None, 20, 0.01, Verdict.UNCLEAR),
    ],
    ids=[
        "above", "below", "within the margin", "above but too small to matter", "both sides",
        "touching zero", "the test disagrees", "too few", "too few to be equal", "equal", "no figure",
    ],
)  # fmt: skip
def test_a_verdict_is_what_the_interval_allows(
    interval: tuple[float, float, float] | None, scenarios: int, p: float, expected: Verdict
) -> None:
    found = interval and Interval(*interval)
    assert judged(found, scenarios, (-2, 2), more_is_better=True, p=p) is expected


def test_where_less_is_better_a_rise_is_worse() -> None:
    slower, faster = Interval(1.3, 1.2, 1.4), Interval(0.8, 0.7, 0.9 - 1e-9)
    margin = (0.9, 1.1)
    assert judged(slower, 20, margin, more_is_better=False, neutral=1) is Verdict.WORSE
    assert judged(faster, 20, margin, more_is_better=False, neutral=1) is Verdict.BETTER


def test_better_in_words() -> None:
    assert said(against(BETTER)) == snapshot("""\
terse: base보다 4.0점 높습니다 (95 % 구간 3.4~4.5, 짝지은 시나리오
60개). 지연 시간은 그대로입니다. 이 평가는 0.8점 차이를 0.8의 확률로 찾아냅니다.
terse beats base by 4.0 points, 95 % CI 3.4..4.5, on 60
paired scenarios; latency unchanged; this suite would
detect 0.8 points with probability 0.8\
""")


def test_worse_in_words() -> None:
    assert said(against(tuple(-one for one in BETTER))) == snapshot("""\
terse: base보다 4.0점 낮습니다 (95 % 구간 3.4~4.5, 짝지은 시나리오
60개). 지연 시간은 그대로입니다. 이 평가는 0.8점 차이를 0.8의 확률로 찾아냅니다.
terse is worse than base by 4.0 points, 95 % CI
3.4..4.5, on 60 paired scenarios; latency unchanged;
this suite would detect 0.8 points with probability 0.8\
""")


def test_equivalent_in_words() -> None:
    assert said(against(SAME)) == snapshot("""\
terse, base: 차이가 있더라도 2.0점 안쪽입니다 (+0.0점, 95 % 구간
-0.2~+0.2, 짝지은 시나리오 60개). 지연 시간은 그대로입니다. 이 평가는 0.2점 차이를
0.8의 확률로 찾아냅니다.
terse is as good as base to within 2.0 points: +0.0
points, 95 % CI -0.2..+0.2, on 60 paired scenarios;
latency unchanged; this suite would detect 0.2 points
with probability 0.8\
""")


def test_unclear_in_words() -> None:
    assert said(against(WIDE, 24)) == snapshot("""\
차이를 보이지 못했습니다: terse 빼기 base, +0.5점 (95 % 구간 -7.5~+8.2,
짝지은 시나리오 24개). 지연 시간은 그대로입니다. 이 평가는 11.4점 차이를 0.8의 확률로
찾아냅니다. 2.0점을 그렇게 찾아내려면 시나리오 722개가 필요합니다.
no difference shown: terse minus base is +0.5 points,
95 % CI -7.5..+8.2, on 24 paired scenarios; latency
unchanged; this suite would detect 11.4 points with
probability 0.8; 2.0 points would take 722 scenarios\
""")


def test_too_little_in_words() -> None:
    assert said(against(BETTER, LEAST_SCENARIOS - 1)) == snapshot("""\
자료가 너무 적습니다: 짝지은 시나리오가 5개인데 적어도 6개가 필요합니다.
too little data: 5 paired scenarios, and at least 6 are
needed\
""")


def test_equal_everywhere_in_words() -> None:
    found = against((0.0,), name="base/small/default")
    assert said(found) == snapshot("""\
candidate, baseline: 차이가 있더라도 2.0점 안쪽입니다 (+0.0점, 모든
시나리오에서 같은 차이, 짝지은 시나리오 60개). 지연 시간은 그대로입니다.
candidate is as good as baseline to within 2.0 points:
+0.0 points, the same in every scenario, on 60 paired
scenarios; latency unchanged\
""")
    assert found.verdict is Verdict.EQUIVALENT
    assert (found.effect.dz, found.p, found.sd) == (None, 1.0, 0.0)


def test_where_interval_and_test_disagree_both_are_told() -> None:
    found = replace(against(BETTER), verdict=Verdict.UNCLEAR, p=0.07)
    assert "p가 0.07" in verdict(found)[0]
    assert "its interval leaves out zero, but a permutation test has p = 0.07" in verdict(found)[1]


def test_of_several_candidates_the_words_say_so() -> None:
    left = arm([70.0] * 30)
    rows = {
        "a": arm([74, 76] * 15, name="a/small/default"),
        "b": arm([70, 71] * 15, name="b/small/default"),
    }
    found = compare_many(left, rows)
    assert "후보 2개를 함께 본 95 % 구간" in verdict(found["a"])[0]
    assert "(simultaneous for 2 candidates), on 30 paired scenarios" in verdict(found["a"])[1]


def test_an_arm_without_events_is_worse_however_few_the_scenarios() -> None:
    for scenarios in (2, 60):
        found = compare(arm([80.0] * scenarios), failed(scenarios))
        assert found.verdict is Verdict.WORSE
        assert not gate(found, "worse")
        assert f"none of its {scenarios} trials gave a usable event" in verdict(found)[1]
        assert verdict(found)[0].startswith("dead: base보다 못합니다.")
        json.dumps(found.as_json(), allow_nan=False)
        assert printed(found)


def test_of_two_arms_without_events_nothing_is_claimed() -> None:
    found = compare(failed(60), failed(60, name="gone/small/default"))
    assert found.verdict is Verdict.UNCLEAR
    assert "neither gone nor dead gave a usable event" in verdict(found)[1]


def test_an_arm_with_events_beats_one_without() -> None:
    assert compare(failed(60), arm([80.0, 70.0] * 30)).verdict is Verdict.BETTER
    assert compare(failed(60), arm([0.0] * 60)).verdict is Verdict.UNCLEAR


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("base/m/d", "terse/m/d", ("base", "terse")),
        ("base/m/d", "base/large/hot", ("m/d", "large/hot")),
        ("base/m/d", "base/m/d", ("baseline", "candidate")),
        ("one", "a/b/c", ("one", "a/b/c")),
    ],
)
def test_names_are_told_as_far_as_they_differ(
    left: str, right: str, expected: tuple[str, str]
) -> None:
    assert labels(compare(arm([70, 71], name=left), arm([70, 71], name=right))) == expected


def timed(ratios: list[float]) -> tuple[list[Result], list[Result]]:
    return (
        arm([70.0] * len(ratios)),
        [trial(place, 70, duration_s=one) for place, one in enumerate(ratios)],
    )


@pytest.mark.parametrize(
    ("ratios", "expected"),
    [
        ([0.97, 1.03] * 20, "latency unchanged"),
        ([0.6, 1.7] * 20, "latency not known well enough (95 % CI of the change -"),
        ([1.2, 1.4] * 20, "latency 30 % higher (95 % CI 2"),
        ([0.7, 0.6] * 20, "latency 35 % lower (95 % CI"),
        ([1.1, 1.3] * 2, "latency not known, measured in 4 scenarios"),
    ],
    ids=["unchanged", "unclear", "slower", "faster", "too few"],
)
def test_latency_in_words(ratios: list[float], expected: str) -> None:
    assert latency(compare(*timed(ratios)).finding("latency"))[1].startswith(expected)


def test_repeats_in_words() -> None:
    found = compare(arm([70, 74] * 10, repeats=2), arm([70.0] * 10))
    assert stability(found.baseline) == snapshot(
        (
            "base/small/default: 같은 시나리오를 다시 물으면 ±2.8점 달라집니다 (ICC 0.00).",
            "base/small/default: repeats of the same scenario differ by ±2.8 points (ICC 0.00).",
        )
    )
    assert stability(found.candidate) == snapshot(
        (
            "base/small/default: 시나리오마다 한 번씩만 물어 반복 안정성을 알 수 없습니다.",
            "base/small/default: every scenario was asked once, so repeats cannot be compared.",
        )
    )


GATES: list[tuple[FailIf, set[Verdict]]] = [
    ("worse", {Verdict.BETTER, Verdict.EQUIVALENT, Verdict.UNCLEAR}),
    ("unclear", {Verdict.BETTER, Verdict.EQUIVALENT}),
    ("not-better", {Verdict.BETTER}),
]


@pytest.mark.parametrize(("fail_if", "passing"), GATES, ids=[name for name, _ in GATES])
def test_gates(fail_if: FailIf, passing: set[Verdict]) -> None:
    found = against(BETTER)
    assert {one for one in Verdict if gate(replace(found, verdict=one), fail_if)} == passing


def test_everything_is_json() -> None:
    found = against(BETTER)
    document = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert document["verdict"] == "better"
    assert document["points"] == found.points._asdict()
    assert [one["measure"] for one in document["findings"]] == [one.name for one in MEASURES]
    assert document["power"]["detects"] == pytest.approx(found.detectable)
    assert found.power(found.detectable or 0) == pytest.approx(0.8)


def test_nothing_is_not_told_as_less_than_nothing() -> None:
    assert [signed(one) for one in (-0.0, -1e-9, 0.04, -0.003, -12.34)] == [
        "+0.0", "+0.0", "+0.04", "-0.003", "-12.3",
    ]  # fmt: skip


def test_metrics_hold_only_what_is_known() -> None:
    found = compare(arm([70, 72, 74] * 4), failed(12)).metrics
    assert {"compare.points", "compare.points.low", "compare.failed.high", "compare.p"} <= set(
        found
    )
    assert "compare.latency" not in found
    assert all(isfinite(value) for value in found.values())


def test_the_table_names_every_measure_in_its_unit() -> None:
    left = arm([70.0, 90.0] * 20)
    right = arm([90.0, 90.0] * 20, name="[b]terse[/]/small/default", duration_s=1.5)
    right[0] = trial(0, arm=right[0].arm, outcome=Outcome.FAILED, quality=None)
    text = printed(compare(left, right))
    for part in (
        "품질 점수 quality",
        "+50.0 % (+50.0..+50.0)",
        " pp (",
        "1.50 s",
        "못함 worse",
        "[b]terse",
    ):
        assert part in text
    assert "left out" not in text


def test_unpaired_trials_are_told() -> None:
    assert "left out, unpaired: baseline 3, candidate 0" in printed(
        compare(arm([70, 71, 72, 73, 74]), arm([70, 71], name="x/y/z"))
    )


def test_candidates_are_printed_best_first(capsys: pytest.CaptureFixture[str]) -> None:
    left = arm([70.0] * 10)
    rows = {"low": arm([60, 61] * 5, name="l/s/d"), "high": arm([80, 82] * 5, name="h/s/d")}
    print_comparisons(Console(width=120), compare_many(left, rows))
    out = capsys.readouterr().out
    assert out.index("high") < out.index("low")


def test_what_scenarios_can_show_is_a_command() -> None:
    command = [sys.executable, "-W", "error", "-m", "evaluation.statistics.power", "--sd", "12"]
    told = subprocess.run(
        [*command, "--scenarios", "20"], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert "±5.6" in told
    assert "7.9" in told
    assert "a difference of 2 points takes 285 scenarios" in told
