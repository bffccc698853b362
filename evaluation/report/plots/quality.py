"""How points are distributed: in all, by dimension, by stage of the game."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from evaluation.report.plots.style import INK, figure, labels, look, thinned
from evaluation.suite.result import Result
from serve.domain.state import Stage
from serve.quality import ACCEPT_FROM, DIMENSIONS, REVIEW_FROM
from serve.quality.reason import FULL

_DOTS = 200
"""Drawn per arm; the box counts all."""
_LOWEST = 40.0
"""Points where the heat map's colours begin."""

Arms = Mapping[str, Sequence[Result]]


def totals(arms: Arms) -> Figure:
    """A box and a strip of dots per arm."""
    called, height = labels(arms)
    made, axes = figure(1.1 + (height + 0.2) * len(arms))
    for line in (REVIEW_FROM, ACCEPT_FROM):
        axes.axvline(line, color=INK, alpha=0.35, linewidth=0.8, linestyle=":")
    _boxes(axes, [[one.points for one in results] for results in arms.values()])
    rng = Random(0)
    for place, results in enumerate(arms.values()):
        dots = thinned([one.points for one in results], _DOTS)
        heights = [place + rng.uniform(-0.3, 0.3) for _ in dots]
        axes.plot(dots, heights, ".", color=look(place)[0], alpha=0.5, markersize=4, zorder=1)
    axes.set(
        xlim=(-2, 102),
        xlabel="total (points)",
        title="Quality (diamond: mean)",
    )
    _name_rows(axes, called)
    return made


def dimensions(arms: Arms) -> Figure:
    """A panel of boxes per dimension."""
    called, height = labels(arms)
    made, panels = figure(
        1.4 + 2 * height * len(arms), nrows=2, ncols=2, sharex=True, sharey=True, squeeze=False
    )
    for axes, name in zip(panels.flat, DIMENSIONS, strict=True):
        points = [
            [getattr(one.quality, name) if one.quality else 0.0 for one in results]
            for results in arms.values()
        ]
        _boxes(axes, points)
        axes.set(title=name, xlim=(-0.5, FULL + 0.5))
        _name_rows(axes, called)
        axes.label_outer()
    made.supxlabel("points of 25", fontsize=11)
    return made


def stages(arms: Arms) -> Figure:
    """Mean total by arm and stage, with the number of trials."""
    called, height = labels(arms)
    made, axes = figure(1.4 + max(height, 0.45) * len(arms))
    by_stage = [
        [[one.points for one in results if one.game_state.stage is stage] for stage in Stage]
        for results in arms.values()
    ]
    means = np.array([[np.mean(cell) if cell else np.nan for cell in row] for row in by_stage])
    mesh = axes.pcolormesh(means, cmap="cividis", vmin=_LOWEST, vmax=100, edgecolors="none")
    for (row, column), mean in np.ndenumerate(means):
        count = len(by_stage[row][column])
        text = f"{mean:.0f}\nn={count}" if count else "none"
        ink = "black" if mean > (_LOWEST + 100) / 2 else "white"
        colour = ink if count else INK
        axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", color=colour, size=10)
    axes.set_xticks(np.arange(len(Stage)) + 0.5, [stage.value for stage in Stage])
    axes.set_yticks(np.arange(len(arms)) + 0.5, called)
    axes.tick_params(length=0)
    axes.tick_params(axis="x", labelsize=9, rotation=20)
    axes.set(title="Mean quality by stage", xlabel="stage of the game")
    axes.invert_yaxis()
    made.colorbar(mesh, ax=axes, label="points", extend="min")
    return made


def _boxes(axes: Any, points: Sequence[Sequence[float]]) -> None:
    drawn = axes.boxplot(
        [list(each) for each in points],
        positions=range(len(points)),
        orientation="horizontal",
        widths=0.55,
        showfliers=False,
        showmeans=True,
        patch_artist=True,
        meanprops={"marker": "D", "markerfacecolor": INK, "markeredgecolor": "none"},
        medianprops={"color": INK, "linewidth": 1.4},
        whiskerprops={"color": INK},
        capprops={"color": INK},
        zorder=2,
    )
    for place, box in enumerate(drawn["boxes"]):
        fill = to_rgba(look(place)[0], 0.3)
        box.set(facecolor=fill, edgecolor=look(place)[0], linewidth=1.2)


def _name_rows(axes: Any, called: Sequence[str]) -> None:
    axes.set_yticks(range(len(called)), called)
    axes.set_ylim(len(called) - 0.45, -0.55)
