"""Where MLflow is, and how it is spoken to: quick to give up, quiet, one clear error."""

import logging
import os
import re
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from serve.errors import ConfigurationError, EventsmithError

if TYPE_CHECKING:
    from mlflow import MlflowClient

DEFAULT_URI = "sqlite:///mlflow.db"
"""A file in the working directory; `mlflow ui --backend-store-uri sqlite:///mlflow.db` shows it."""

_SETTINGS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}
"""Ours unless the environment says otherwise: a server that is away is told of in seconds (MLflow
itself would try for minutes), nothing is reported to anybody, and standard output is the command's."""

for _name, _value in _SETTINGS.items():
    os.environ.setdefault(_name, _value)  # MLflow reads the first when it is imported

_CHATTY = ("mlflow", "alembic", "urllib3.connectionpool")
_ARTIFACTS = "mlartifacts"
_SHOWN = 240


class TrackingError(EventsmithError):
    """MLflow refused or does not answer; what was to be logged can be logged again."""

    retryable = True


def default_uri() -> str:
    """`MLFLOW_TRACKING_URI`, or a SQLite file in the working directory."""
    return os.environ.get("MLFLOW_TRACKING_URI") or DEFAULT_URI


@contextmanager
def connected(uri: str | None = None) -> "Generator[MlflowClient]":
    """A client of the store at `uri`, which is MLflow's own choice meanwhile.

    Raises TrackingError for whatever MLflow or the way to it raises inside.
    """
    # MLflow takes seconds to import.
    import mlflow
    from mlflow.exceptions import MlflowException

    uri = uri or default_uri()
    before = mlflow.get_tracking_uri()
    with _quietly():
        try:
            mlflow.set_tracking_uri(uri)
            yield mlflow.MlflowClient(tracking_uri=uri)
        except (MlflowException, OSError) as error:  # those of HTTP are OSErrors
            raise TrackingError(_told(uri, error)) from error
        finally:
            mlflow.set_tracking_uri(before)


def experiment_id(client: "MlflowClient", name: str, uri: str | None = None) -> str:
    """Of the experiment of this name, made where there is none.

    A SQLite file keeps its artifacts in `mlartifacts` beside it, wherever a command is run from; a
    server or a shared database keeps them where its administrator said. Raises ConfigurationError
    for an experiment somebody deleted.
    """
    from mlflow.exceptions import MlflowException

    found = client.get_experiment_by_name(name)
    if found is None:
        try:
            return client.create_experiment(name, _artifacts(uri or default_uri(), name))
        except MlflowException:
            found = client.get_experiment_by_name(name)  # another process was first
            if found is None:
                raise
    if found.lifecycle_stage != "active":
        raise ConfigurationError(
            f"MLflow's experiment {name} was deleted; bring it back by `mlflow experiments "
            f"restore --experiment-id {found.experiment_id}`"
        )
    return str(found.experiment_id)


def shown(uri: str) -> str:
    """The URI without user and password."""
    return re.sub(r"//[^/@]*@", "//", uri)


def _artifacts(uri: str, experiment: str) -> str | None:
    if not uri.startswith("sqlite:///"):
        return None
    database = Path(urlsplit(uri).path.removeprefix("/")).absolute()
    return (database.parent / _ARTIFACTS / experiment).as_uri()


def _told(uri: str, error: Exception) -> str:
    """One sentence with the cure."""
    from mlflow.exceptions import MlflowException
    from requests import RequestException

    text = str(error)
    where = f"MLflow at {shown(uri)} (MLFLOW_TRACKING_URI or --tracking-uri)"
    if isinstance(error, RequestException) or "failed with exception" in text:
        return f"{where} does not answer; start it or name another store, then log again"
    if not isinstance(error, MlflowException):
        return f"files of {where} cannot be read or written ({_short(text)}); see to the disk, then log again"
    if "maintenance mode" in text:
        return f"{where} is a folder, which MLflow takes no longer; name {DEFAULT_URI} or a server"
    return f"{where} refused: {_short(text)}"


def _short(text: str) -> str:
    first = shown(text).strip().partition("\n")[0].rstrip(".")
    return first if len(first) <= _SHOWN else first[:_SHOWN] + "…"


@contextmanager
def _quietly() -> Generator[None]:
    """Migrations, retries and the like are not the user's business."""
    with ExitStack() as stack:
        for name in _CHATTY:
            logger = logging.getLogger(name)
            stack.callback(logger.setLevel, logger.level)
            logger.setLevel(logging.ERROR)
        yield
