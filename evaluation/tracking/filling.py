"""Parameters, figures and tags of a run, so that logging them twice is logging them once."""

import math
import re
import time
from collections.abc import Mapping

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, Run, RunTag

_BATCH = 100
"""MLflow takes no more parameters or tags in one request."""
_LONGEST_PARAM = 6000
_LONGEST_TAG = 8000


def fill(
    client: MlflowClient,
    run: Run,
    params: Mapping[str, str] | None = None,
    figures: Mapping[str, float] | None = None,
    tags: Mapping[str, str] | None = None,
) -> None:
    """Logs what differs from what the run holds.

    MLflow never changes a parameter once logged; a figure that is no finite number is left out.
    """
    data, now = run.data, int(time.time() * 1000)
    values = {fit(name): str(value)[:_LONGEST_PARAM] for name, value in (params or {}).items()}
    new = [Param(*pair) for pair in values.items() if pair[0] not in data.params]
    finite = {fit(name): float(x) for name, x in (figures or {}).items() if math.isfinite(x)}
    metrics = [Metric(*pair, now, 0) for pair in finite.items() if pair not in data.metrics.items()]
    texts = {fit(name): text[:_LONGEST_TAG] for name, text in (tags or {}).items()}
    marks = [RunTag(*pair) for pair in texts.items() if pair not in data.tags.items()]
    for start in range(0, max(len(metrics), len(new), len(marks)), _BATCH):
        part = slice(start, start + _BATCH)
        client.log_batch(run.info.run_id, metrics[part], new[part], marks[part])


def fit(name: str) -> str:
    """The name as MLflow takes it: letters, figures, `_`, `-`, `.`, `:`, `/` and blanks."""
    return re.sub(r"[^\w\-. /:]", "_", name)
