"""Game states that events are asked for: scenarios in files, the same for every variant."""

from evaluation.dataset.scenario import Scenario

__all__ = ["Scenario"]
