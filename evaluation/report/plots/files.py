"""Plots as files, the same bytes for the same results, and as a part of a page."""

import re
from io import BytesIO

from matplotlib.figure import Figure

from evaluation.report.plots.style import INK, styled

_PROLOGUE = re.compile(r"^.*?(?=<svg)|<metadata>.*?</metadata>|<style.*?</style>", re.DOTALL)
_OWN_SIZE = re.compile(r'<svg [^>]*?(viewBox="[^"]*")[^>]*>')


def svg(figure: Figure) -> bytes:
    """On white, to be looked at alone."""
    return _saved(figure, "svg", "white")


def png(figure: Figure) -> bytes:
    """On white, 150 dots an inch."""
    return _saved(figure, "png", "white")


def inline(figure: Figure, name: str, label: str) -> str:
    """An `<svg>` element for a page, in the page's ink, its ids beginning with `name`.

    `label`, a plain text without markup, is read out in its place.
    """
    drawn = _PROLOGUE.sub("", _saved(figure, "svg", "none").decode())
    drawn = drawn.replace("xlink:href", "href")
    drawn = _OWN_SIZE.sub(rf'<svg \1 role="img" aria-label="{label}">', drawn, count=1)
    for mark in (' id="', "url(#", 'href="#'):
        drawn = drawn.replace(mark, f"{mark}{name}-")
    return drawn.replace(INK, "currentColor")


def _saved(figure: Figure, form: str, background: str) -> bytes:
    # The date would otherwise differ from run to run.
    metadata = {"Date": None} if form == "svg" else {}
    file = BytesIO()
    with styled():
        figure.savefig(file, format=form, dpi=150, facecolor=background, metadata=metadata)
    return file.getvalue()
