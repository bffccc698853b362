"""What a comparison found, on the run it is about; and a simulation as a run of its own."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from evaluation.tracking.filling import fill
from evaluation.tracking.session import connected, experiment_id

SIMULATIONS = "eventsmith-simulations"
_DESCRIPTION = "mlflow.note.content"
"""What MLflow shows at the head of a run's page."""


def log_verdict(
    run_id: str,
    metrics: Mapping[str, float],
    text: Mapping[str, str],
    artifacts: Sequence[Path] = (),
    uri: str | None = None,
) -> None:
    """Figures as metrics, sentences as tags and, by name and order, as the run's description.

    Logged again, the newer replaces the older. Raises TrackingError.
    """
    tags = dict(text) | ({_DESCRIPTION: "\n\n".join(text.values())} if text else {})
    with connected(uri) as client:
        fill(client, client.get_run(run_id), figures=metrics, tags=tags)
        for path in artifacts:
            client.log_artifact(run_id, str(path), "comparison")


def log_simulation(
    figures: Mapping[str, float],
    folder: Path,
    params: Mapping[str, str],
    uri: str | None = None,
) -> str:
    """The id of the run with these figures and the folder's files; the same simulation logged again
    is the same run. Raises TrackingError."""
    identity = sha256(repr((sorted(params.items()), sorted(figures.items()))).encode()).hexdigest()
    mark = {"eventsmith.simulation": identity[:32]}
    with connected(uri) as client:
        experiment = experiment_id(client, SIMULATIONS, uri)
        found = client.search_runs(
            [experiment], f"tags.`eventsmith.simulation` = '{identity[:32]}'"
        )
        run = found[0] if found else client.create_run(experiment, tags=mark)
        fill(client, run, params, figures)
        client.log_artifacts(run.info.run_id, str(folder))
        client.set_terminated(run.info.run_id)
    return str(run.info.run_id)
