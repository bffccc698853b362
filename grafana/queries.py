"""Every panel's PromQL, for whoever runs it without Grafana."""

from collections.abc import Iterator, Mapping
from typing import Any

MAY_BE_EMPTY = {
    "GPU": "there is none",
    "GPU memory": "there is none",
    "Errors by arm": "nothing is rolled out",
    "Response p95 by arm": "nothing is rolled out",
    "Mean quality by arm": "nothing is rolled out",
    "Drafts that came to nothing, by arm": "nothing is rolled out",
    "Judge against rubric": "there is no judge",
    "The judge itself": "there is no judge",
}
"""Title of a panel -> what is missing where it shows nothing under traffic."""


def queries(dashboard: Mapping[str, Any], interval: str) -> Iterator[tuple[str, str]]:
    """(title, PromQL with the variables replaced) of every target; `interval` is a duration."""
    for panel in dashboard["panels"]:
        for target in panel.get("targets", ()):
            expression = str(target["expr"]).replace("$__rate_interval", interval)
            yield panel["title"], expression.replace("$application", ".*")
