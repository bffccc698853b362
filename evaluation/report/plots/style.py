"""How all plots look: colours told apart by everybody, arms named as shortly as is clear."""

from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

INK = "#1f2328"
"""Of texts and lines; a page's own ink takes its place there."""
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6bb1")
"""Okabe and Ito 2008, less black and yellow, which one of a light and a dark page swallows."""
_LONGEST = 16
"""Letters of a part of a name in a plot."""
_LINES = ("-", "--", ":", "-.")
WIDTH = 5.2
"""Inches: still legible on a phone."""
_STYLE: dict[Any, Any] = {
    "axes.edgecolor": INK,
    "axes.facecolor": "none",
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 11.5,
    "axes.titlelocation": "left",
    "figure.facecolor": "white",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 11,
    "legend.frameon": False,
    "legend.fontsize": 10,
    "svg.fonttype": "none",
    "svg.hashsalt": "eventsmith",
    "text.color": INK,
    "text.parse_math": False,
    "xtick.color": INK,
    "ytick.color": INK,
}


@contextmanager
def styled() -> Generator[None]:
    """Figures made and saved inside look alike, whatever the machine's own settings."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE)
        yield


def figure(height: float, **subplots: Any) -> tuple[Figure, Any]:
    """An empty figure of so many inches, and its axes."""
    made = Figure(figsize=(WIDTH, height), layout="constrained")
    return made, made.subplots(**subplots)


def look(place: int) -> tuple[str, str]:
    """(colour, line style) of the arm at this place: the same in every plot."""
    return COLOURS[place % len(COLOURS)], _LINES[place // len(COLOURS) % len(_LINES)]


def short(arms: Iterable[str]) -> list[str]:
    """Each arm by what sets it apart: of `a/m/x` and `b/m/x` only `a` and `b`."""
    return [" / ".join(parts) for parts in _telling(list(arms))]


def names(arms: Iterable[str], between: str = " / ") -> list[str]:
    """The same for a plot, where room and letters are few: a name beyond ASCII becomes a number."""
    return [
        between.join(_cut(part) for part in parts) if "".join(parts).isascii() else f"arm {place}"
        for place, parts in enumerate(_telling(list(arms)), 1)
    ]


def labels(arms: Iterable[str]) -> tuple[list[str], float]:
    """Names for the rows of a plot, a part a line, and the inches a row of them needs."""
    stacked = names(arms, "\n")
    return stacked, 0.3 + 0.17 * max(name.count("\n") for name in stacked)


def _telling(arms: Sequence[str]) -> list[list[str]]:
    """The parts in which the arms differ; all where they are not built alike."""
    parts = [arm.split("/") for arm in arms]
    if len({len(each) for each in parts}) != 1:
        return parts
    differing = [at for at, column in enumerate(zip(*parts, strict=True)) if len({*column}) > 1]
    return [[each[at] for at in differing or [0]] for each in parts]


def _cut(part: str) -> str:
    return part if len(part) <= _LONGEST else f"{part[:9]}…{part[10 - _LONGEST :]}"


def thinned(values: Sequence[float], most: int) -> list[float]:
    """At most so many of the values in order, evenly spread, the ends among them."""
    ordered = sorted(values)
    if len(ordered) <= most:
        return ordered
    last = len(ordered) - 1
    return [ordered[round(step * last / (most - 1))] for step in range(most)]
