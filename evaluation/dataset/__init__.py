"""Game states that events are asked for: scenarios in files, the same for every variant."""

from evaluation.dataset.file import Dataset, available, parse_dataset, read_dataset, to_lines
from evaluation.dataset.scenario import Origin, Scenario

__all__ = [
    "Dataset",
    "Origin",
    "Scenario",
    "available",
    "parse_dataset",
    "read_dataset",
    "to_lines",
]
