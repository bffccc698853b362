"""The figures of a simulation: what no score of a single event can show."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from evaluation.simulation.players import POLICIES
from evaluation.simulation.record import Ending, Met, Played
from evaluation.simulation.simulate import Simulation, events
from serve.domain.state import Difficulty
from serve.serving import Source

REPEATS, HITS = 0.01, 0.6
"""At most, of the events of a game; at least, with a hundred players at a time."""


def figures(simulation: Simulation) -> dict[str, float]:
    """Shares of 1 but for counts, seconds and coefficients; the same for the same simulation."""
    met, played = simulation.met, simulation.played
    waits = [one.waited_s for one in met] or [0.0]
    return {
        "games": float(len(played)),
        "events": float(len(met)),
        "repeat_rate": _share(one.repeated for one in met),
        "lethal_events": float(sum(one.lethal for one in met)),
        "deadly_choices": float(sum(one.deadly for one in met)),
        "dominated_choices": float(sum(one.dominated for one in met)),
        "took_dominated": float(sum(one.took_dominated for one in met)),
        **_endings(simulation),
        "gini": gini(played),
        "gini_without_events": gini(simulation.without),
        **{f"source.{source}": _share(one.source is source for one in met) for source in Source},
        "wait.p50_s": float(np.percentile(waits, 50)),
        "wait.p99_s": float(np.percentile(waits, 99)),
        **{f"hit_rate_{size}": hit_rate(games) for size, games in simulation.crowds.items()},
        **{f"stale_rate_{size}": stale_rate(games) for size, games in simulation.crowds.items()},
        **_keys(met),
    }


def missed(found: Mapping[str, float]) -> list[str]:
    """Names of the bars that are missed."""
    kept = {
        "repeat_rate": found["repeat_rate"] <= REPEATS,
        "hit_rate_100": found["hit_rate_100"] > HITS,
        "lethal_events": found["lethal_events"] == 0,
    }
    return [name for name, good in kept.items() if not good]


def hit_rate(games: Sequence[Played]) -> float:
    """Share of events that came from the pool within its TTL, the empty pool's first ones counted."""
    return _share(met.source is Source.POOL for met in events(games))


def stale_rate(games: Sequence[Played]) -> float:
    """Share of events from the pool after its TTL: nobody waited for them either."""
    return _share(met.source is Source.STALE for met in events(games))


def ended_by_event(games: Iterable[Played]) -> float:
    """Share of games that a choice of an event ended."""
    return _share(game.by_event for game in games)


def gini(games: Sequence[Played]) -> float:
    """Gini's coefficient of what players own at the end, the mean of the difficulties: 0 equal.

    Won above the bankruptcy line, 0 for who has lost. Events that make it larger than it is
    without them make the rich richer: a game that snowballs.
    """
    return float(np.mean([_gini(wealth) for wealth in _final(games).values()]))


def keys(met: Sequence[Met]) -> list[int]:
    """Events of each of the pool's keys, the busiest first."""
    return [count for _, count in Counter(one.key for one in met).most_common()]


def _final(games: Sequence[Played]) -> dict[Difficulty, NDArray[np.float64]]:
    found = dict[Difficulty, list[float]]()
    for game in games:
        lost = game.ending is not Ending.PLAYED
        found.setdefault(game.difficulty, []).append(0.0 if lost else float(game.wealth[-1]))
    return {difficulty: np.array(wealth) for difficulty, wealth in found.items()}


def _gini(wealth: NDArray[np.float64]) -> float:
    """Mean difference of all pairs, over twice the mean (Gini 1912), by the sorted form."""
    total, count = float(wealth.sum()), len(wealth)
    if total == 0:
        return 0.0
    ranks = np.arange(1, count + 1)
    return float((2 * ranks - count - 1) @ np.sort(wealth)) / (count * total)


def _endings(simulation: Simulation) -> dict[str, float]:
    played = simulation.played
    by_player = {
        f"ended_by_event.{name}": ended_by_event(game for game in played if game.player == name)
        for name in POLICIES
    }
    return {
        "lost": _share(game.ending is not Ending.PLAYED for game in played),
        "lost_without_events": _share(
            game.ending is not Ending.PLAYED for game in simulation.without
        ),
        "ended_by_event": ended_by_event(played),
        **by_player,
    }


def _keys(met: Sequence[Met]) -> dict[str, float]:
    counts = keys(met)
    return {
        "keys": float(len(counts)),
        "keys.top_10": sum(counts[:10]) / max(sum(counts), 1),
    }


def _share(flags: Iterable[bool]) -> float:
    counted = list(flags)
    return sum(counted) / len(counted) if counted else 0.0
