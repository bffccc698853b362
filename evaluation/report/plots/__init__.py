"""Plots of a run: what a table hides. Labels are English, as no Korean font can be assumed; no
text of an event is ever in a plot."""

from evaluation.report.plots.drawing import draw
from evaluation.report.plots.files import inline, png, svg

__all__ = ["draw", "inline", "png", "svg"]
