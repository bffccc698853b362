"""From which value on a figure is green, yellow or red."""

from collections.abc import Sequence

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.models import dashboard as models

Steps = Sequence[tuple[str, float | None]]
"""Colours, each from its value up; the first one from the bottom, None."""


def at_most(good: float, bearable: float | None = None) -> Steps:
    """Green under `good`, red over `bearable`, yellow between; without it red over `good`."""
    if bearable is None:
        return [("green", None), ("red", good)]
    return [("green", None), ("yellow", good), ("red", bearable)]


def at_least(good: float, bearable: float | None = None) -> Steps:
    """Green from `good`, red under `bearable`, yellow between; without it red under `good`."""
    if bearable is None:
        return [("red", None), ("green", good)]
    return [("red", None), ("yellow", bearable), ("green", good)]


def thresholds(steps: Steps) -> builders.ThresholdsConfig:
    """As a panel takes them."""
    return (
        builders.ThresholdsConfig()
        .mode(models.ThresholdsMode.ABSOLUTE)
        .steps([models.Threshold(color=colour, value=value) for colour, value in steps])
    )
