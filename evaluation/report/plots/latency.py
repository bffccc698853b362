"""How long answers took."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from evaluation.report.plots.style import INK, figure, look, names, thinned
from evaluation.suite.result import Outcome, Result

_STEPS = 400
"""Points of a curve at most."""
_INSIDE = 4
"""Arms whose names find room beside the curves."""


def latency(arms: Mapping[str, Sequence[Result]]) -> Figure | None:
    """The share of answers that took at most so long; None where nothing was answered."""
    seconds = [
        [one.duration_s for one in results if one.outcome is not Outcome.FAILED]
        for results in arms.values()
    ]
    longest = max((max(each, default=0.0) for each in seconds), default=0.0)
    if longest <= 0:
        return None
    made, axes = figure(3.2 + 0.2 * len(arms) * (len(arms) > _INSIDE))
    for percent in (50, 95):
        axes.axhline(percent, color=INK, alpha=0.35, linewidth=0.8, linestyle=":")
    for place, (name, values) in enumerate(zip(names(arms), seconds, strict=True)):
        if values:
            steps = thinned(values, _STEPS)
            colour, line = look(place)
            shares = np.linspace(100 / len(steps), 100, len(steps))
            axes.step(steps, shares, line, where="post", color=colour, label=name)
    axes.set(
        xlim=(0, longest * 1.02),
        ylim=(0, 101),
        xlabel="seconds to the whole answer",
        ylabel="answers (%)",
        title="Latency; lines at p50 and p95",
    )
    if len(arms) <= _INSIDE:
        axes.legend(loc="lower right")
    else:
        made.legend(loc="outside lower center")
    return made
