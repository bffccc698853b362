"""The run as a picture: latency, availability and memory over time, faults as marks."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from evaluation.report.plots.style import COLOURS, INK, figure, styled
from loadtest.soak.ledger import Episode, Ledger
from loadtest.soak.sampler import Life

_NAMED = 12
"""Faults; more are marked and not named."""
_LARGEST = len(COLOURS) - 1
"""Groups shown each by itself; the others are one."""


def timeline(ledger: Ledger, lives: Sequence[Life], moment_s: float) -> Figure:
    """Three panels over one clock."""
    with styled():
        made, panels = figure(7.2, nrows=3, sharex=True, height_ratios=(2, 1, 2))
        latency, good, memory = panels
        at = [moment.at_s / 60 for moment in ledger.moments]
        for name, colour in (("p50", COLOURS[0]), ("p95", COLOURS[1])):
            values = [getattr(moment, f"{name}_ms") for moment in ledger.moments]
            latency.plot(at, values, color=colour, linewidth=1, label=name)
        latency.set(yscale="log", title="Latency (ms)")
        latency.yaxis.set_major_formatter("{x:g}")
        latency.yaxis.set_minor_formatter("")
        latency.legend(loc="upper right", ncols=2)
        shares = [100 * moment.good / moment.answers for moment in ledger.moments]
        good.plot(at, shares, color=COLOURS[2], linewidth=1)
        good.set(title="Answers that are good (%)", ylim=(-3, 103))
        _memory(memory, lives, moment_s)
        memory.set(title="Private memory (MB)", xlabel="minutes", ylim=(0, None))
        for axes in panels:
            _marks(axes, ledger.episodes)
        _names(latency, ledger.episodes)
        made.legend(*memory.get_legend_handles_labels(), loc="outside lower center", ncols=3)
        return made


def _memory(axes: Any, lives: Sequence[Life], moment_s: float) -> None:
    """Groups above each other, the largest lowest."""
    lived = [life for life in lives if life.rows]
    if not lived:
        return
    at = np.arange(0, max(life.rows[-1].at_s for life in lived), moment_s)
    by_group = defaultdict[str, Any](lambda: np.zeros(len(at)))
    for life in lived:
        own = [row.at_s for row in life.rows], [row.mb for row in life.rows]
        by_group[life.group] += np.interp(at, *own, left=0, right=0)
    ordered = sorted(by_group, key=lambda name: -by_group[name].max())
    shown = {name: by_group[name] for name in ordered[:_LARGEST]}
    if rest := ordered[_LARGEST:]:
        shown["others"] = sum(by_group[name] for name in rest)
    axes.stackplot(at / 60, *shown.values(), labels=[*shown], colors=COLOURS[: len(shown)])


def _marks(axes: Any, episodes: Sequence[Episode]) -> None:
    for episode in episodes:
        begun, ended = episode.began_s / 60, (episode.recovered_s or episode.began_s) / 60
        axes.axvspan(begun, ended, color=INK, alpha=0.1, linewidth=0)
        axes.axvline(begun, color=INK, linewidth=0.6, alpha=0.6)


def _names(axes: Any, episodes: Sequence[Episode]) -> None:
    if len(episodes) > _NAMED:
        return
    for episode in episodes:
        where = (episode.began_s / 60, 0.97)
        axes.annotate(
            f" {episode.fault}", where, xycoords=("data", "axes fraction"),
            rotation=90, va="top", ha="left", fontsize=7,
        )  # fmt: skip
