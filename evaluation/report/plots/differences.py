"""Where an arm is better than the baseline and where it is worse, scenario by scenario."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from evaluation.report.plots.style import COLOURS, INK, figure, names
from evaluation.statistics.bootstrap import Interval
from evaluation.suite.result import Result

_LINE = 50
"""Letters of a title on one line."""


def differences(
    arms: Mapping[str, Sequence[Result]], baseline: str, intervals: Mapping[str, Interval]
) -> Figure | None:
    """A panel per arm; None where no arm shares a trial with the baseline."""
    paired = {
        arm: by_scenario(arms[baseline], results)
        for arm, results in arms.items()
        if arm != baseline
    }
    shown = {arm: values for arm, values in paired.items() if values.size}
    if not shown:
        return None
    made, panels = figure(1.0 + 1.9 * len(shown), nrows=len(shown), sharey=True, squeeze=False)
    called = dict(zip(arms, names(arms), strict=True))
    for axes, (arm, values) in zip(panels.flat, shown.items(), strict=True):
        _panel(axes, values, intervals.get(arm))
        axes.set_title(_title(called[arm], values, intervals.get(arm)))
    panels.flat[-1].set_xlabel("scenarios, by difference")
    made.suptitle(f"Difference to {called[baseline]}", fontsize=11.5)
    made.supylabel("difference (points)", fontsize=11)
    return made


def by_scenario(baseline: Sequence[Result], others: Sequence[Result]) -> NDArray[np.float64]:
    """Sorted: for each scenario the mean difference over the repeats that both have."""
    points = {one.pair: one.points for one in baseline}
    found: dict[str, list[float]] = {}
    for one in others:
        if one.pair in points:
            found.setdefault(one.scenario, []).append(one.points - points[one.pair])
    return np.sort(np.array([np.mean(each) for each in found.values()], np.float64))


def _panel(axes: Any, values: NDArray[np.float64], interval: Interval | None) -> None:
    colours = [COLOURS[1] if value < 0 else COLOURS[0] for value in values]
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.scatter(range(1, values.size + 1), values, s=9, c=colours, linewidths=0)
    mean = interval.value if interval else float(values.mean())
    axes.axhline(mean, color=COLOURS[2], linewidth=1.4)
    if interval:
        axes.axhspan(interval.low, interval.high, color=COLOURS[2], alpha=0.22, linewidth=0)
    axes.set_xlim(0, values.size + 1)


def _title(arm: str, values: NDArray[np.float64], interval: Interval | None) -> str:
    mean = interval.value if interval else float(values.mean())
    known = f" (95 % CI {interval.low:+.1f} to {interval.high:+.1f})" if interval else ""
    title = f"{arm}: {mean:+.1f}{known}"
    return title if len(title) < _LINE else title.replace(": ", ":\n")
