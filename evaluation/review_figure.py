"""A scatter of people's totals against automatic ones, with the lines of the verdict bands."""

from collections.abc import Sequence
from io import BytesIO

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from evaluation.reviews import Reviewed
from serve.quality import ACCEPT_FROM, REVIEW_FROM

_EDGE = 2.0
"""Points left free around 0..100."""


def scatter(reviewed: Sequence[Reviewed]) -> bytes:
    """An SVG, the same for the same reviews."""
    # Ids and the date would otherwise differ from run to run.
    with mpl.rc_context({"svg.hashsalt": "eventsmith"}):
        canvas = FigureCanvasSVG(_figure(reviewed))
        file = BytesIO()
        canvas.print_svg(file, metadata={"Date": None})
    return file.getvalue()


def _figure(reviewed: Sequence[Reviewed]) -> Figure:
    figure = Figure(figsize=(5, 5), layout="constrained")
    axes = figure.add_subplot()
    for line in (REVIEW_FROM, ACCEPT_FROM):
        axes.axvline(line, color="0.75", linewidth=0.8, zorder=0)
        axes.axhline(line, color="0.75", linewidth=0.8, zorder=0)
    axes.plot((0, 100), (0, 100), color="0.6", linestyle=":", linewidth=1, zorder=0)
    axes.scatter(
        [one.human("total") for one in reviewed],
        [one.item.quality.total for one in reviewed],
        s=22,
        alpha=0.7,
    )
    axes.set(
        xlim=(-_EDGE, 100 + _EDGE),
        ylim=(-_EDGE, 100 + _EDGE),
        xlabel="people, mean total (points)",
        ylabel="scorer, total (points)",
        title=f"{len(reviewed)} events; lines at {REVIEW_FROM:.0f} and {ACCEPT_FROM:.0f}",
        aspect="equal",
    )
    return figure
