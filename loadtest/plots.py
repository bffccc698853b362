"""Plots of a run: how long answers took by where they came from, and how it went over time."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from evaluation.report.plots.style import COLOURS, INK, figure, styled, thinned
from loadtest.figures import percentile
from loadtest.run_record import RunRecord
from loadtest.sent import Sent
from serve.serving import Source

_STEPS = 400
"""Points of a curve at most."""
_BIN_S = 5.0
_FAILED = "failed"
_COLOURS = {
    Source.POOL: COLOURS[0],
    Source.STALE: COLOURS[5],
    Source.LLM: COLOURS[2],
    Source.STATIC: COLOURS[1],
    _FAILED: INK,
}


def draw(record: RunRecord) -> dict[str, Figure]:
    """Figures by name; a run that sent nothing has none."""
    if not record.requests:
        return {}
    with styled():
        return {"latency": _latency(record.requests), "timeline": _timeline(record.requests)}


def _latency(requests: Sequence[Sent]) -> Figure:
    made, axes = figure(3.4)
    for percent in (50, 95, 99):
        axes.axhline(percent, color=INK, alpha=0.35, linewidth=0.8, linestyle=":")
    for name, colour in _COLOURS.items():
        values = [max(one.latency_ms, 0.1) for one in requests if _source(one) == name]
        if values:
            steps = thinned(values, _STEPS)
            shares = np.linspace(100 / len(steps), 100, len(steps))
            label = f"{name} ({len(values):,})"
            axes.step(steps, shares, where="post", color=colour, label=label)
    axes.set(
        xscale="log",
        ylim=(0, 101),
        xlabel="milliseconds from the intended send time",
        ylabel="answers (%)",
        title="Latency by source; lines at p50, p95, p99",
    )
    _plain(axes.xaxis)
    made.legend(loc="outside lower center", ncols=2)
    return made


def _timeline(requests: Sequence[Sent]) -> Figure:
    bins = _binned(requests)
    at = np.arange(len(bins)) * _BIN_S
    made, (rates, latencies, sources) = figure(6.0, nrows=3, sharex=True)
    rates.step(at, [len(each) / _BIN_S for each in bins], where="post", color=COLOURS[0])
    rates.set(title="Requests a second", ylim=(0, None))
    for percent, colour in ((50, COLOURS[0]), (95, COLOURS[1])):
        latencies.plot(at, [_percentile(each, percent) for each in bins], color=colour)
        latencies.plot([], [], color=colour, label=f"p{percent}")
    latencies.set(title="Latency in 5 s (ms)", yscale="log")
    _plain(latencies.yaxis)
    latencies.legend(loc="best", ncols=2)
    _stack(sources, at, bins)
    made.legend(*sources.get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return made


def _plain(axis: Any) -> None:
    """10 and 1000 instead of powers, which the style's plain texts cannot show."""
    axis.set_major_formatter("{x:g}")
    axis.set_minor_formatter("")


def _stack(axes: Any, at: Any, bins: Sequence[Sequence[Sent]]) -> None:
    shares = {
        name: [100 * sum(_source(one) == name for one in each) / max(len(each), 1) for each in bins]
        for name in _COLOURS
    }
    there = {name: values for name, values in shares.items() if any(values)}
    colours = [_COLOURS[name] for name in there]
    axes.stackplot(at, *there.values(), labels=[str(name) for name in there], colors=colours)
    axes.set(title="Where answers came from (%)", ylim=(0, 100), xlabel="seconds")


def _binned(requests: Sequence[Sent]) -> list[list[Sent]]:
    last = max(one.due_s for one in requests)
    bins: list[list[Sent]] = [[] for _ in range(int(last / _BIN_S) + 1)]
    for one in requests:
        bins[int(one.due_s / _BIN_S)].append(one)
    return bins


def _percentile(requests: Sequence[Sent], percent: float) -> float:
    values = np.array([one.latency_ms for one in requests])
    return percentile(values, percent) if values.size else float("nan")


def _source(one: Sent) -> str:
    return _FAILED if one.error else one.source
