"""Suites, comparisons and simulations in a real MLflow store on SQLite."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import mlflow
import pytest
from evaluation_samples import state
from mlflow import MlflowClient
from synthetic_reviews import line
from tracked import ARMS, BEGUN, arm_log, suite_log, trials

from evaluation.reviews import Reviewed, read_reviews
from evaluation.suite.result import Result
from evaluation.tracking import SuiteLog, TrackingError, default_uri, log_reviews
from evaluation.tracking.comparison import log_simulation, log_verdict
from evaluation.tracking.reading import arms_of, read_info, read_run
from evaluation.tracking.runs import log_suite
from evaluation.tracking.traces import sampled
from serve.errors import ConfigurationError


class Store:
    """A store, and what one logged execution left in it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.uri = folder, f"sqlite:///{folder / 'mlflow.db'}"
        report = folder / "report"
        (report / "plots").mkdir(parents=True)
        (report / "report.html").write_text("<h1>report</h1>", "utf-8")
        (report / "plots" / "latency.svg").write_text("<svg/>", "utf-8")
        self.log: SuiteLog = suite_log(report)
        self.runs = log_suite(self.log, self.uri)
        self.client: Any = MlflowClient(tracking_uri=self.uri)

    def run(self, arm: str = ARMS[0]) -> Any:
        return self.client.get_run(self.runs[arm])

    def traces(self, run_id: str) -> list[Any]:
        experiment = self.client.get_run(run_id).info.experiment_id
        return list(self.client.search_traces(locations=[experiment], run_id=run_id))

    def files(self, run_id: str, folder: str | None = None) -> set[str]:
        return {one.path for one in self.client.list_artifacts(run_id, folder)}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    before = mlflow.get_tracking_uri()
    made = Store(tmp_path_factory.mktemp("store"))
    assert mlflow.get_tracking_uri() == before
    mlflow.set_tracking_uri(made.uri)  # where MLflow loads a dataset's records from
    yield made
    mlflow.set_tracking_uri(before)


def event_results(results: Any) -> list[Result]:
    return [one for one in results if one.event is not None]


def test_an_arms_run_tells_what_it_was_and_what_came_of_it(store: Store) -> None:
    run = store.run(ARMS[1])
    assert run.data.params == {"temperature": "0.7", "variant": "짧게"}
    metrics = run.data.metrics
    assert metrics["quality.mean"] == 81.5
    assert "latency.p99" not in metrics  # no number
    failed = sum(one.event is None for one in trials(ARMS[1], 10))
    assert (metrics["results"], metrics["outcome.failed"]) == (10, failed)
    early = [one for one in trials(ARMS[1], 10) if one.game_state.current_turn <= 5]
    assert metrics["stage.early.points"] == sum(one.points for one in early) / len(early)
    assert run.data.tags["model"] == "small"
    assert run.data.tags["mlflow.source.git.commit"] == "c0ffee"
    assert run.info.status == "FINISHED"
    assert run.info.start_time == BEGUN * 1000
    assert {"results.jsonl", "events.json", "prompt.txt"} <= store.files(run.info.run_id)


def test_the_parent_holds_report_plots_and_what_produced_it(store: Store) -> None:
    parent = store.run().data.tags["mlflow.parentRunId"]
    assert arms_of(parent, store.uri) == store.runs
    assert store.client.get_run(parent).data.params["seed"] == "7"
    assert "report.html" in store.files(parent)
    assert store.files(parent, "plots") == {"plots/latency.svg"}


def test_every_run_names_its_dataset_and_mlflow_has_its_records(store: Store) -> None:
    used = store.run().inputs.dataset_inputs[0]
    assert (used.dataset.name, used.dataset.digest) == ("core", store.log.dataset.digest)
    assert used.tags[0].value == "evaluation"
    (kept,) = store.client.search_datasets(filter_string="name = 'core@0123456789ab'")
    assert json.loads(used.dataset.source)["dataset_id"] == kept.dataset_id
    assert len(kept.records) == 10
    by_id = {one.inputs["scenario"]: one for one in kept.records}
    player, locale = state(4)
    asked = by_id["s004"].inputs
    assert asked["gameState"] == player.model_dump(mode="json", by_alias=True)
    assert (asked["locale"], by_id["s004"].tags["stage"]) == (locale, player.stage)


def test_results_are_read_again_as_they_were(store: Store) -> None:
    info, results = read_run(store.runs[ARMS[1]], store.uri)
    assert results == trials(ARMS[1], 10)
    assert (info.arm, info.suite, info.execution) == (ARMS[1], "smoke", "smoke-1")
    assert (info.dataset, info.digest) == ("core", store.log.dataset.digest)
    assert info.figures["quality.mean"] == 81.5


def test_the_table_is_one_mlflow_loads(store: Store) -> None:
    run = store.run()
    found = store.client.load_table(run.info.experiment_id, "events.json", [run.info.run_id])
    assert len(found) == 10
    assert list(found["points"]) == [one.points for one in trials(ARMS[0], 10)]
    assert set(found["outcome"]) >= {"failed"}


def test_traces_tell_what_was_asked_and_written_when_and_how_good_it_was(store: Store) -> None:
    logged = {
        one.info.tags["eventsmith.scenario"]: one for one in store.traces(store.runs[ARMS[0]])
    }
    chosen = {one.scenario: one for one in sampled(trials(ARMS[0], 10), 4)}
    assert set(logged) == set(chosen)
    assert chosen.keys() == {one.scenario for one in sampled(trials(ARMS[1], 10), 4)}
    for name, result in chosen.items():
        info, (span,) = logged[name].info, logged[name].data.spans
        assert info.request_time == pytest.approx(result.started_at * 1000, abs=1)
        assert info.execution_duration == pytest.approx(result.duration_s * 1000, abs=1)
        assert span.inputs["gameState"]["currentTurn"] == result.game_state.current_turn
        assert info.token_usage["output_tokens"] == result.output_tokens
        assert info.state == ("OK" if result.event else "ERROR")
        points = {one.name: one.feedback.value for one in info.assessments}
        if result.quality is None:
            assert (span.outputs, points) == (None, {})
            continue
        assert span.outputs == result.model_dump(mode="json", by_alias=True)["event"]
        assert [one.name for one in span.events] == ["first_token"]
        assert points["total"] == result.quality.total
        assert points["balance"] == result.quality.balance
        lost = {one.ko for one in result.quality.reasons if one.dimension == "fun"}
        (fun,) = (one for one in info.assessments if one.name == "fun")
        assert all(reason in (fun.rationale or "") for reason in lost)
    assert {bool(one.event) for one in chosen.values()} == {True, False}


def test_logging_again_changes_nothing(store: Store) -> None:
    before = {run: len(store.traces(run)) for run in store.runs.values()}
    assert log_suite(store.log, store.uri) == store.runs
    assert {run: len(store.traces(run)) for run in store.runs.values()} == before
    run = store.run()
    assert len(store.client.search_runs([run.info.experiment_id])) >= 3
    executions = store.client.search_runs(
        [run.info.experiment_id], "tags.`eventsmith.execution` = 'smoke-1'"
    )
    assert len(executions) == 3
    assert len(store.client.get_metric_history(run.info.run_id, "quality.mean")) == 1
    assert len(store.client.search_datasets(filter_string="name LIKE 'core@%'")) == 1


def test_an_execution_that_went_on_is_logged_into_the_same_runs(store: Store) -> None:
    half = [arm_log(ARMS[0], trials(ARMS[0], 3))]
    first = log_suite(suite_log(execution="resumed", arms=half), store.uri)
    whole = log_suite(suite_log(execution="resumed"), store.uri)
    assert whole[ARMS[0]] == first[ARMS[0]]
    info, results = read_run(whole[ARMS[0]], store.uri)
    assert results == trials(ARMS[0], 10)
    assert info.figures["results"] == 10
    chosen = {one.scenario for one in sampled(results, 4)}
    traced = {one.info.tags["eventsmith.scenario"] for one in store.traces(info.run_id)}
    assert chosen <= traced
    assert set(arms_of(info.parent, store.uri)) == set(ARMS)


def test_a_changed_dataset_is_another_one(store: Store) -> None:
    changed = replace(
        store.log.dataset, digest="ffff" * 8, scenarios=store.log.dataset.scenarios[:5]
    )
    log_suite(suite_log(execution="changed", dataset=changed, arms=[]), store.uri)
    (kept,) = store.client.search_datasets(filter_string="name = 'core@ffffffffffff'")
    assert len(kept.records) == 5


def test_a_verdict_stands_on_the_run_it_is_about(store: Store) -> None:
    plot = store.folder / "differences.svg"
    plot.write_text("<svg/>", "utf-8")
    run = store.runs[ARMS[1]]
    name = f"vs_{ARMS[0]}.quality_difference"
    for difference in (1.0, 4.1):  # the newer replaces the older
        text = {
            "verdict.en": f"better by {difference} points",
            "verdict.ko": f"{difference}점 높음",
        }
        log_verdict(run, {name: difference, "p@worse": float("inf")}, text, [plot], store.uri)
    data = store.client.get_run(run).data
    assert data.metrics[name] == 4.1
    assert data.tags["verdict.ko"] == "4.1점 높음"
    assert data.tags["mlflow.note.content"] == "better by 4.1 points\n\n4.1점 높음"
    assert store.files(run, "comparison") == {"comparison/differences.svg"}


def test_a_simulation_is_one_run_however_often_it_is_logged(store: Store) -> None:
    figures, params = {"repeat_rate": 0.004, "hit_rate_100": 0.71}, {"games": "2000", "seed": "1"}
    folder = store.folder / "report"
    first = log_simulation(figures, folder, params, store.uri)
    assert log_simulation(figures, folder, params, store.uri) == first
    assert log_simulation(figures, folder, params | {"seed": "2"}, store.uri) != first
    run = store.client.get_run(first)
    assert (run.data.metrics, run.data.params) == (figures, params)
    assert "report.html" in store.files(first)


def _reviewed(result: Result) -> tuple[Reviewed, ...]:
    document = result.model_dump(mode="json", by_alias=True)
    told = line("draft-77", people=(20, 15, 25, 10), reviewer="민지")
    told["item"] |= {
        "event": document["event"] | {"eventId": "draft-77"},
        "gameState": document["gameState"],
    }
    return read_reviews(json.dumps(told, ensure_ascii=False).encode(), "reviews.jsonl")


def test_a_review_of_a_traced_event_is_feedback_on_that_trace(store: Store) -> None:
    log = suite_log(execution="reviewed", arms=[arm_log("once", trials("once", 4))])
    run = log_suite(log, store.uri)["once"]
    result = event_results(sampled(log.arms[0].results, 4))[0]
    new, feedback = log_reviews(_reviewed(result), store.uri)
    assert (new, feedback > 5) == (0, True)
    (trace,) = (
        one for one in store.traces(run) if one.info.tags["eventsmith.scenario"] == result.scenario
    )
    people = {
        one.name: one.feedback.value
        for one in trace.info.assessments
        if one.source.source_type == "HUMAN"
    }
    assert (people["consistency"], people["total"]) == (20, 70)
    assert log_reviews(_reviewed(result), store.uri) == (0, 0)
    other = result.model_copy(
        update={"game_state": result.game_state.model_copy(update={"cash": 1})}
    )
    assert log_reviews(_reviewed(other), store.uri)[0] == 1  # another player's event


def test_a_run_that_was_never_logged_whole_says_how_to_fill_it_in(store: Store) -> None:
    def stop(_: str) -> None:
        raise KeyboardInterrupt

    log = suite_log(execution="stopped")
    with pytest.raises(KeyboardInterrupt):
        log_suite(log, store.uri, progress=stop)
    (whole,) = store.client.search_runs(
        [store.run().info.experiment_id],
        f"tags.`eventsmith.execution` = 'stopped' and tags.`eventsmith.arm` = '{ARMS[0]}'",
    )
    store.client.delete_tag(whole.info.run_id, "eventsmith.logged")  # as if stopped before it
    with pytest.raises(ConfigurationError, match="run its suite again"):
        read_run(whole.info.run_id, store.uri)
    runs = log_suite(log, store.uri)
    assert runs[ARMS[0]] == whole.info.run_id
    assert len(store.traces(runs[ARMS[0]])) == len(store.traces(runs[ARMS[1]])) == 4
    assert read_info(runs[ARMS[1]], store.uri).arm == ARMS[1]


@pytest.mark.parametrize(
    ("run_id", "told"),
    [("parent", ARMS[0]), ("0123456789abcdef0123456789abcdef", "no run"), ("no id!", "no run")],
    ids=["whole suite", "unknown", "malformed"],
)
def test_a_run_that_is_no_arms_is_told_in_a_sentence(store: Store, run_id: str, told: str) -> None:
    if run_id == "parent":
        run_id = store.run().data.tags["mlflow.parentRunId"]
    with pytest.raises(ConfigurationError, match=told):
        read_run(run_id, store.uri)


@pytest.mark.parametrize(
    ("uri", "told"),
    [
        ("http://name:secret@127.0.0.1:9", "does not answer; start it"),
        ("file:runs", "sqlite:///mlflow.db"),
        ("sqlite:////proc/none/mlflow.db", "cannot be read or written"),
    ],
    ids=["nobody there", "folder", "unwritable"],
)
def test_a_store_that_cannot_be_used_is_told_within_seconds(
    uri: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    begun = time.monotonic()
    with pytest.raises(TrackingError, match=told) as caught:
        log_suite(suite_log(count=1), uri)
    assert time.monotonic() - begun < 15
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_environment_names_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://mlflow:5000")
    assert default_uri() == "http://mlflow:5000"
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    assert default_uri() == "sqlite:///mlflow.db"
