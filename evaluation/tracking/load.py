"""A load run as a run of MLflow's: its figures, and the folder with report and plots."""

from collections.abc import Mapping
from pathlib import Path

from evaluation.tracking.filling import fill
from evaluation.tracking.session import connected, experiment_id

LOADS = "eventsmith-loads"
"""The experiment of all load runs."""


def log_load(
    figures: Mapping[str, float], folder: Path, params: Mapping[str, str], uri: str | None = None
) -> str:
    """The id of a new run; `params["profile"]` is its name. Raises TrackingError."""
    with connected(uri) as client:
        experiment = experiment_id(client, LOADS, uri)
        run = client.create_run(experiment, run_name=params["profile"])
        fill(client, run, params, figures)
        client.log_artifacts(run.info.run_id, str(folder))
        client.set_terminated(run.info.run_id)
    return str(run.info.run_id)
