"""Plots of a simulation."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from evaluation.report.plots.style import COLOURS, INK, figure, styled
from evaluation.simulation.players import POLICIES
from evaluation.simulation.record import Ending, Played
from evaluation.simulation.report import HITS, ended_by_event, hit_rate, keys, stale_rate
from evaluation.simulation.simulate import Simulation
from serve.domain.state import Difficulty

_MILLION = 1_000_000


def draw(simulation: Simulation) -> dict[str, Figure]:
    """Figures by name."""
    with styled():
        return {
            "hit-rate": _hits(simulation),
            "keys": _keys(simulation),
            "wealth": _wealth(simulation),
            "endings": _endings(simulation),
        }


def _hits(simulation: Simulation) -> Figure:
    made, axes = figure(3.0)
    sizes = [str(size) for size in simulation.crowds]
    fresh = [100 * hit_rate(games) for games in simulation.crowds.values()]
    stale = [100 * stale_rate(games) for games in simulation.crowds.values()]
    axes.bar(sizes, fresh, 0.6, color=COLOURS[0], label="fresh")
    axes.bar(sizes, stale, 0.6, bottom=fresh, color=COLOURS[5], label="past the TTL")
    axes.axhline(100 * HITS, color=INK, alpha=0.5, linewidth=0.8, linestyle=":")
    axes.set(
        ylim=(0, 100),
        xlabel="players at a time",
        ylabel="events from the pool (%)",
        title="Hit rate; line at the objective",
    )
    made.legend(loc="outside lower center", ncols=2)
    return made


def _keys(simulation: Simulation) -> Figure:
    made, axes = figure(3.0)
    counts = np.array(keys(simulation.met))
    axes.plot(np.arange(1, len(counts) + 1), 100 * np.cumsum(counts) / max(counts.sum(), 1))
    axes.set(
        xlim=(0, len(counts) + 1),
        ylim=(0, 102),
        xlabel="keys of the pool, the busiest first",
        ylabel="events (%)",
        title="How events spread over keys",
    )
    return made


def _wealth(simulation: Simulation) -> Figure:
    """Tenth, median and ninetieth hundredth of what players own, turn by turn."""
    made, panels = figure(4.6, nrows=len(Difficulty), sharex=True)
    for axes, difficulty in zip(panels, Difficulty, strict=True):
        for name, games, colour in (
            ("with events", simulation.played, COLOURS[0]),
            ("without", simulation.without, COLOURS[1]),
        ):
            ours = [game for game in games if game.difficulty is difficulty]
            if ours:
                low, middle, high = np.percentile(_by_turn(ours), (10, 50, 90), axis=0)
                turns = np.arange(1, len(middle) + 1)
                axes.fill_between(turns, low, high, color=colour, alpha=0.15, linewidth=0)
                axes.plot(turns, middle, color=colour, label=name)
        axes.set(title=f"{difficulty}: what players own (median, 10-90 %)")
    panels[0].legend(loc="upper left")
    panels[1].set(ylabel="million won above bankruptcy")
    panels[-1].set(xlabel="turn")
    return made


def _by_turn(games: Sequence[Played]) -> NDArray[np.float64]:
    """Million won of each game at each turn; nothing from a lost game's end on."""
    table = np.zeros((len(games), max(len(game.wealth) for game in games)))
    for row, game in zip(table, games, strict=True):
        row[: len(game.wealth)] = game.wealth
    return table / _MILLION


def _endings(simulation: Simulation) -> Figure:
    made, axes = figure(2.4)
    ours = [[game for game in simulation.played if game.player == name] for name in POLICIES]
    by_event = [100 * ended_by_event(games) for games in ours]
    lost = [
        100 * sum(game.ending is not Ending.PLAYED for game in games) / max(len(games), 1)
        for games in ours
    ]
    axes.barh([*POLICIES], by_event, 0.6, color=COLOURS[1], label="by an event's choice")
    rest = np.array(lost) - np.array(by_event)
    axes.barh([*POLICIES], rest, 0.6, left=by_event, color=COLOURS[5], label="by ordinary turns")
    axes.set(xlabel="games lost (%)", title="Lost games by kind of player")
    made.legend(loc="outside lower center", ncols=2)
    return made
