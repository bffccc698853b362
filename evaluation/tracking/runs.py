"""An execution of a suite in MLflow: a parent run, and a child run per arm.

Runs are found again by the execution's id, so that an execution can be logged as often as one
likes: after MLflow died half-way, or after more trials of it were generated.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from mlflow import MlflowClient
from mlflow.entities import DatasetInput, Run

from evaluation.suite.result import Outcome, Result
from evaluation.tracking import datasets, tables
from evaluation.tracking.filling import fill
from evaluation.tracking.session import connected, experiment_id
from evaluation.tracking.stages import by_stage
from evaluation.tracking.suite_log import SUITES, ArmLog, SuiteLog
from evaluation.tracking.traces import log_traces, sampled

EXECUTION, SUITE, ARM = "eventsmith.execution", "eventsmith.suite", "eventsmith.arm"
DIGEST = "eventsmith.dataset_digest"
LOGGED = "eventsmith.logged"
"""The fingerprint of what an arm's run holds; set last."""


def log_suite(
    logged: SuiteLog, uri: str | None = None, *, progress: Callable[[str], None] | None = None
) -> dict[str, str]:
    """Run id by arm; `progress` is told each arm that is done.

    Raises TrackingError; logging the same execution again goes on from there.
    """
    with connected(uri) as client:
        experiment = experiment_id(client, SUITES, uri)
        kept = datasets.register(client, logged.dataset, experiment)
        source = datasets.as_input(kept, logged.dataset)
        writing = _Writing(client, experiment, logged, source)
        parent = writing.parent()
        children: dict[str, str] = {}
        for arm in logged.arms:
            children[arm.name] = writing.arm(arm, parent)
            if progress:
                progress(arm.name)
        writing.end(parent, logged.results)
    return children


@dataclass(frozen=True)
class _Writing:
    """An execution on its way into a store."""

    client: MlflowClient
    experiment: str
    logged: SuiteLog
    source: DatasetInput

    def parent(self) -> str:
        """The id of the execution's own run: what produced it, report and plots."""
        logged = self.logged
        tags = self._tags | {"mlflow.runName": logged.execution}
        run = self._opened("", tags, logged.results)
        counts = {
            "arms": len(logged.arms),
            "scenarios": len(logged.dataset.scenarios),
            "results": len(logged.results),
        }
        fill(self.client, run, {"suite": logged.suite} | dict(logged.context), counts, tags)
        self.client.log_inputs(run.info.run_id, datasets=[self.source])
        if logged.artifacts is not None:
            self.client.log_artifacts(run.info.run_id, str(logged.artifacts))
        return run.info.run_id

    def arm(self, arm: ArmLog, parent: str) -> str:
        """The id of the arm's run, whole; nothing is done where it is whole already."""
        names = {ARM: arm.name, "mlflow.parentRunId": parent, "mlflow.runName": arm.name}
        tags = self._tags | names | dict(arm.tags)
        run = self._opened(arm.name, tags, arm.results)
        run_id, fingerprint = run.info.run_id, f"{arm.fingerprint}/{self.logged.traces}"
        if run.data.tags.get(LOGGED) != fingerprint:
            figures = _counts(arm.results) | by_stage(arm.results) | dict(arm.figures)
            fill(self.client, run, arm.params, figures, tags)
            self.client.log_inputs(run_id, datasets=[self.source])
            self._files(run_id, arm)
            chosen = sampled(arm.results, self.logged.traces)
            log_traces(self.client, chosen, run_id, self.experiment, arm.tags.get("model", ""))
            self.client.set_tag(run_id, LOGGED, fingerprint)
            self.end(run_id, arm.results)
        return run_id

    def end(self, run_id: str, results: Sequence[Result]) -> None:
        ends = [one.started_at + one.duration_s for one in results if one.started_at]
        self.client.set_terminated(run_id, "FINISHED", int(max(ends) * 1000) if ends else None)

    def _opened(self, arm: str, tags: Mapping[str, str], results: Sequence[Result]) -> Run:
        """The run of this arm, the parent's where `arm` is empty; begun when its first trial was."""
        execution = self.logged.execution.replace("'", "")  # a filter knows no escapes
        for run in self.client.search_runs(
            [self.experiment], f"tags.`{EXECUTION}` = '{execution}'"
        ):
            if run.data.tags.get(ARM, "") == arm:
                return run
        started = [one.started_at for one in results if one.started_at]
        start_ms = int(min(started) * 1000) if started else None
        return self.client.create_run(self.experiment, start_time=start_ms, tags=dict(tags))

    def _files(self, run_id: str, arm: ArmLog) -> None:
        with TemporaryDirectory() as folder:
            path = tables.write_results(arm.results, Path(folder))
            self.client.log_artifact(run_id, str(path))
        # `log_table` would append to what an earlier attempt left.
        self.client.log_dict(run_id, tables.table(arm.results), tables.TABLE)
        shown = json.dumps([{"path": tables.TABLE, "type": "table"}])
        self.client.set_tag(run_id, "mlflow.loggedArtifacts", shown)
        if arm.prompt:
            self.client.log_text(run_id, arm.prompt, "prompt.txt")

    @property
    def _tags(self) -> dict[str, str]:
        logged = self.logged
        tags = {EXECUTION: logged.execution, SUITE: logged.suite, DIGEST: logged.dataset.digest}
        commit = logged.context.get("git.commit")
        return tags | ({"mlflow.source.git.commit": commit} if commit else {})


def _counts(results: Sequence[Result]) -> dict[str, float]:
    outcomes = {
        f"outcome.{outcome}": float(sum(one.outcome is outcome for one in results))
        for outcome in Outcome
    }
    return {"results": float(len(results))} | outcomes
