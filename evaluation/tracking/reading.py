"""Runs read again: their figures, and every result they were made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Run
from mlflow.exceptions import MlflowException

from evaluation.suite.result import Result
from evaluation.tracking.runs import ARM, DIGEST, EXECUTION, LOGGED, SUITE
from evaluation.tracking.session import connected, shown
from evaluation.tracking.suite_log import SUITES
from evaluation.tracking.tables import RESULTS, read_results
from serve.errors import ConfigurationError


@dataclass(frozen=True)
class RunInfo:
    """One arm's run."""

    run_id: str
    arm: str
    suite: str
    execution: str
    parent: str
    """Run id of the suite's execution."""
    dataset: str
    digest: str
    params: Mapping[str, str]
    figures: Mapping[str, float]
    tags: Mapping[str, str]


def read_run(run_id: str, uri: str | None = None) -> tuple[RunInfo, list[Result]]:
    """What `log_suite` logged of an arm.

    Raises ConfigurationError for a run that is no arm's or was never logged whole, TrackingError
    when MLflow does not answer.
    """
    with connected(uri) as client, TemporaryDirectory() as folder:
        info = _info(client, run_id)
        path = client.download_artifacts(run_id, RESULTS, folder)
        return info, read_results(Path(path))


def read_info(run_id: str, uri: str | None = None) -> RunInfo:
    """The same without the results, which need not be fetched for it."""
    with connected(uri) as client:
        return _info(client, run_id)


def arms_of(parent: str, uri: str | None = None) -> dict[str, str]:
    """Run id by arm of one execution of a suite, given its parent run."""
    with connected(uri) as client:
        return _children(client, _run(client, parent))


def latest(suite: str | None = None, uri: str | None = None) -> dict[str, str]:
    """Run id by arm of the last execution, of any suite or of this one; the baseline comes first.

    Raises ConfigurationError where none was logged.
    """
    with connected(uri) as client:
        experiment = client.get_experiment_by_name(SUITES)
        wanted = f"tags.`{SUITE}` = '{suite}'" if suite else ""
        runs = client.search_runs([experiment.experiment_id], wanted) if experiment else []
        parents = [run for run in runs if SUITE in run.data.tags and ARM not in run.data.tags]
        if not parents:
            raise ConfigurationError(
                f"MLflow at {shown(client.tracking_uri)} has no run of "
                f"{f'the suite {suite}' if suite else 'a suite'}; make one by `eventsmith-eval run`"
            )
        baseline = parents[0].data.params.get("baseline")
        arms = _children(client, parents[0])
    return dict(sorted(arms.items(), key=lambda arm: (arm[0] != baseline, arm[0])))


def _info(client: MlflowClient, run_id: str) -> RunInfo:
    run = _run(client, run_id)
    tags = run.data.tags
    if ARM not in tags:
        raise ConfigurationError(_no_arm(client, run))
    if LOGGED not in tags:
        raise ConfigurationError(
            f"run {run_id} was interrupted while it was logged; run its suite again to fill it in"
        )
    inputs: Any = run.inputs
    used = inputs.dataset_inputs if inputs else []
    return RunInfo(
        run_id=run_id,
        arm=tags[ARM],
        suite=tags.get(SUITE, ""),
        execution=tags.get(EXECUTION, ""),
        parent=tags.get("mlflow.parentRunId", ""),
        dataset=used[0].dataset.name if used else "",
        digest=tags.get(DIGEST, ""),
        params=dict(run.data.params),
        figures=dict(run.data.metrics),
        tags=dict(tags),
    )


def _children(client: MlflowClient, parent: Run) -> dict[str, str]:
    found = client.search_runs(
        [parent.info.experiment_id], f"tags.`mlflow.parentRunId` = '{parent.info.run_id}'"
    )
    return {run.data.tags[ARM]: run.info.run_id for run in found if ARM in run.data.tags}


def _run(client: MlflowClient, run_id: str) -> Run:
    try:
        return client.get_run(run_id)
    except MlflowException as error:
        if error.error_code not in {"RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"}:
            raise
        raise ConfigurationError(
            f"MLflow at {shown(client.tracking_uri)} has no run {run_id}; copy the id from the "
            "run's page, or name the right store by MLFLOW_TRACKING_URI or --tracking-uri"
        ) from None


def _no_arm(client: MlflowClient, run: Run) -> str:
    arms = _children(client, run)
    named = ", ".join(f"{name} = {run_id}" for name, run_id in sorted(arms.items()))
    if named:
        return f"run {run.info.run_id} is a whole suite; name one of its arms: {named}"
    return f"run {run.info.run_id} is no arm of a suite; name a run that a suite logged"
