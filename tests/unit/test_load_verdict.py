"""The verdict of a load run: figures, objectives, the highest rate, the report."""

from pathlib import Path

import pytest

from evaluation.tracking.load import log_load
from evaluation.tracking.session import connected
from loadtest.conclusion import last_line
from loadtest.figures import figures, keys
from loadtest.profiles import PROFILES
from loadtest.run_record import RunRecord
from loadtest.run_report import markdown
from loadtest.sent import Sent
from loadtest.verdict import OBJECTIVES, Objective, Verdict


def sent(
    count: int, source: str = "pool", *, ms: float = 5, step: int = 0, error: str = ""
) -> list[Sent]:
    """So many requests, a tenth of a second apart."""
    return [Sent(at / 10, 0.5, ms, step, source, f"key-{at % 7}", error) for at in range(count)]


def record(name: str, *requests: Sent, elapsed_s: float = 1e9, **changes: float) -> RunRecord:
    steps = PROFILES[name].steps(**changes)
    return RunRecord(PROFILES[name], steps, 0, "http://game", list(requests), elapsed_s)


def row(verdict: Verdict, figure: str) -> str:
    return next(row.word for row in verdict.rows if row.objective.figure == figure)


def test_figures() -> None:
    requests = [
        *sent(60),
        *sent(20, "stale"),
        *sent(15, "llm", ms=900),
        *sent(5, "static", ms=2000),
    ]
    found = figures([*requests, *sent(10, "", ms=10_000, error="status 500")])
    assert (found.requests, found.errors) == (110, 10)
    shares = (found.hit_rate, found.llm_share, found.static_share)
    assert shares == pytest.approx((0.8, 0.95, 0.05))
    assert (found.p50_ms, found.p95_ms, found.p99_ms) == (5, 10_000, 10_000)
    assert found.late_p99_ms == 0.5


def test_keys_tell_how_concentrated_requests_are() -> None:
    even = keys(sent(700))
    assert (even.count, even.gini, even.top_10, even.rare) == (7, pytest.approx(0), 1, 0)
    skewed = keys([*sent(700), *(Sent(0, 0, 1, 0, "pool", f"rare-{at}") for at in range(93))])
    assert skewed.count == 100
    assert skewed.gini > 0.8
    assert skewed.rare == 0.93


@pytest.mark.parametrize(
    ("requests", "missed"),
    [
        (sent(200), set[str]()),
        (sent(200, ms=1600), {"mean_ms"}),
        ([*sent(180), *sent(20, ms=3500)], {"p95_ms"}),
        ([*sent(190), *sent(10, ms=6000)], {"p95_ms", "p99_ms"}),
        ([*sent(100), *sent(100, "llm")], {"hit_rate"}),
        ([*sent(195), *sent(5, "static")], {"llm_share"}),
        ([*sent(198), *sent(2, "static")], set[str]()),
        ([*sent(199), *sent(1, "", error="status 500")], {"errors"}),
        (sent(99), {"requests"}),
        ([], {each.figure for each in OBJECTIVES} - {"errors"}),
    ],
    ids=["good", "mean", "p95", "p99", "hits", "static", "1-percent", "error", "few", "nothing"],
)
def test_the_verdict_misses_what_is_missed(requests: list[Sent], missed: set[str]) -> None:
    run = record("objective", *requests)
    verdict = run.verdict()
    assert {row.objective.figure for row in verdict.rows if not row.met} == missed
    assert verdict.passed is not bool(missed)
    assert last_line(run, verdict).endswith(f"passed={str(not missed).lower()}")


def test_bars_are_strict_where_the_objective_says_so() -> None:
    at_bar = {each.figure: each.met(each.bar) for each in OBJECTIVES}
    assert at_bar == {
        "mean_ms": False,
        "p95_ms": False,
        "p99_ms": False,
        "hit_rate": False,
        "llm_share": True,
        "errors": True,
        "requests": True,
    }
    assert Objective("x", "x", "<", 1500, "ms").shown(1499.6) == "1,500 ms"


def test_smoke_does_not_judge_a_pool_that_had_no_time_to_fill() -> None:
    verdict = record("smoke", *sent(150, "llm")).verdict()
    assert row(verdict, "hit_rate") == "not judged"
    assert verdict.passed


def climb(*milliseconds: float, elapsed_s: float = 1e9) -> RunRecord:
    """A ramp of which the steps after the warm-up took so long."""
    steps = [
        one for number, ms in enumerate(milliseconds) for one in sent(150, ms=ms, step=number + 1)
    ]
    warm_up = sent(150, "static", ms=9000)
    whole = record("ramp", *warm_up, *steps)
    planned = sum(step.seconds for step in whole.steps[: len(milliseconds) + 1])
    whole.elapsed_s = min(elapsed_s, planned)
    return whole


def test_a_ramp_reports_the_highest_rate_that_keeps_the_objectives() -> None:
    verdict = climb(5, 50, 500, 4000).verdict()
    assert verdict.rate == pytest.approx(22.5)
    assert (verdict.figures.p50_ms, verdict.passed, verdict.ceiling) == (500, True, True)
    assert [step.kept for step in verdict.steps] == [False, True, True, True, False]


def test_a_step_above_one_that_missed_does_not_count() -> None:
    assert climb(5, 4000, 5).verdict().rate == 10


def test_a_step_cut_short_proves_nothing() -> None:
    run = climb(5, 5, 5, elapsed_s=140)
    verdict = run.verdict()
    assert verdict.rate == pytest.approx(15)
    assert [step.word for step in verdict.steps] == ["warm-up", "kept", "kept", "cut short"]
    assert "no step missed" in markdown(run, verdict, [])


def test_a_ramp_that_keeps_nothing_is_missed_at_its_lowest_rate() -> None:
    verdict = climb(4000, 4000).verdict()
    assert (verdict.rate, verdict.passed) == (10, False)
    assert "Not even 10 requests a second" in markdown(climb(4000), verdict, [])


def test_a_ramp_ends_once_a_step_that_is_over_has_missed() -> None:
    run = climb(5, 4000)
    assert not run.climbed_too_high({}, step=2)
    assert not run.climbed_too_high({2: 7}, step=3)  # some of its requests are under way
    assert run.climbed_too_high({}, step=3)
    assert run.climbed_too_high({}, step=2, stuck=True)
    assert not run.climbed_too_high({}, step=0, stuck=True)  # warms up
    run.requests += sent(1, "", step=2, error="status 500")
    assert run.climbed_too_high({}, step=2)
    assert not record("objective", *sent(10, ms=9000)).climbed_too_high({}, step=1)


def test_a_ramp_stopped_while_it_warms_up_proves_nothing() -> None:
    run = record("ramp", *sent(300), elapsed_s=30)
    verdict = run.verdict()
    assert not verdict.passed
    assert "stopped before anything was judged" in markdown(run, verdict, [])


def test_the_report_tells_steps_and_failures() -> None:
    run = climb(5, 4000)
    run.requests += sent(3, "", step=2, error="status 500")
    report = markdown(run, run.verdict(), ["latency"])
    assert (
        "**Highest rate that keeps every objective: 10 a second** (the next step misses)." in report
    )
    assert "| 15.0 | 30 | 153 | 3,922 ms | 4,000 ms |" in report
    assert "| 3 | status 500 |" in report
    assert "![latency](latency.png)" in report


def test_progress_is_a_line() -> None:
    run = record("objective", *sent(100), elapsed_s=10)
    assert " ".join(run.line(5, waiting=2).split()) == (
        "10 of 600 s 9.8 req/s p50 5 ms p95 5 ms hits 100 % static 0 % errors 0 waiting 2"
    )


def test_a_run_is_logged_with_its_folder(tmp_path: Path) -> None:
    folder, uri = tmp_path / "out", f"sqlite:///{tmp_path / 'mlflow.db'}"
    folder.mkdir()
    (folder / "report.md").write_text("# Load", "utf-8")
    run_id = log_load({"p99_ms": 937.0}, folder, {"profile": "smoke"}, uri)
    with connected(uri) as client:
        run = client.get_run(run_id)
        files = [each.path for each in client.list_artifacts(run_id)]
    assert (run.info.run_name, run.data.metrics) == ("smoke", {"p99_ms": 937.0})
    assert files == ["report.md"]
