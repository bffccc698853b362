"""A benchmark's figures as a file: what was measured, where, with what."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

REPORTS = Path("docs/reports")


def machine() -> dict[str, str | int]:
    """Its processor, the number of its cores, and Python."""
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return {
        "processor": next(models, platform.machine()),
        "cores": os.cpu_count() or 0,
        "python": platform.python_version(),
    }


def versions(*packages: str) -> dict[str, str]:
    """Of installed packages, by name."""
    return {package: version(package) for package in packages}


def interval(ratios: Sequence[float], seed: int = 0) -> tuple[float, float, float]:
    """(median, low, high): the median of the rounds and its 95 % percentile bootstrap interval."""
    draws = np.random.default_rng(seed).choice(ratios, (2000, len(ratios)))
    low, high = np.percentile(np.median(draws, axis=1), [2.5, 97.5])
    return median(ratios), float(low), float(high)


def write(
    path: Path,
    figures: Mapping[str, Any],
    rounds: Sequence[Mapping[str, Any]],
    packages: Sequence[str],
    *,
    others: Mapping[str, str] | None = None,
    intervals: Mapping[str, Sequence[float]] | None = None,
) -> None:
    """JSON: date, machine, versions, the figures of the last line, and every round behind them.

    `others` are versions of what lives outside this environment; `intervals` (low, high) of figures.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    report = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "versions": versions(*packages) | dict(others or {}),
        "figures": figures,
        **({"intervals": intervals} if intervals else {}),
        "rounds": rounds,
    }
    path.write_text(json.dumps(report, indent=1, default=list) + "\n", "utf-8")


def told(figures: Mapping[str, float | int | str]) -> str:
    """The last line of a benchmark."""
    return " ".join(f"{name}={_short(value)}" for name, value in figures.items())


def _short(value: float | str) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
