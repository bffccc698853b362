"""How much of everything a number of players needs: docs/performance.md explains the formula."""

import argparse
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Any

_GENERATIONS: Mapping[int, float] = MappingProxyType(
    {10: 0.956, 100: 0.7, 1_000: 0.319, 10_000: 0.0711}
)
"""Players at a time -> generations per event, refills and second attempts counted in: simulated with
seeded games by `python -m loadtest.bench_scale` (docs/reports/scale.json)."""
_HEADROOM = 0.7
"""Of an engine's or a core's capacity that is planned with: queues grow without bound towards all of it."""


@dataclass(frozen=True)
class Demand:
    """Players and how they play."""

    players: int
    """At a time."""
    turn_s: float = 40.0
    """Seconds a player takes for a turn."""
    trigger_rate: float = 0.1
    """Share of turns on which the game asks for an event."""

    @property
    def events_per_s(self) -> float:
        return self.players * self.trigger_rate / self.turn_s


@dataclass(frozen=True)
class Supply:
    """What one of each part does, as measured."""

    engine_events_per_s: float
    """Drafts a second of one engine while it keeps the objectives: `loadtest.gpu_bench`."""
    hit_cpu_ms: float = 0.2
    """CPU of one event in an API replica: `loadtest.bench_hit_path`."""


@dataclass(frozen=True)
class Capacity:
    """What to run."""

    events_per_s: float
    generations_per_event: float
    generations_per_s: float
    engines: int
    api_replicas: int


def generations_per_event(players: int) -> float:
    """By the number of players at a time, by power laws between what was simulated.

    The more players share a pool, the fewer drafts each of them needs; past what was simulated, no fewer.
    """
    sizes = sorted(_GENERATIONS)
    if players <= sizes[0]:
        return _GENERATIONS[sizes[0]]
    for low, high in pairwise(sizes):
        if players <= high:
            part = math.log(players / low) / math.log(high / low)
            return _GENERATIONS[low] * (_GENERATIONS[high] / _GENERATIONS[low]) ** part
    return _GENERATIONS[sizes[-1]]


def capacity(
    demand: Demand, supply: Supply, generations: float | None = None, spare: int = 1
) -> Capacity:
    """Engines and API replicas that keep the objectives, `spare` of each free to fail.

    `generations` per event replaces the simulated figure, for a game that differs from it.
    """
    each = generations_per_event(demand.players) if generations is None else generations
    wanted = demand.events_per_s * each
    cores = demand.events_per_s * supply.hit_cpu_ms / 1000
    return Capacity(
        events_per_s=demand.events_per_s,
        generations_per_event=each,
        generations_per_s=wanted,
        engines=math.ceil(wanted / (supply.engine_events_per_s * _HEADROOM)) + spare,
        api_replicas=math.ceil(cores / _HEADROOM) + spare,
    )


def register(commands: Any) -> None:
    """`eventsmith capacity`."""
    command = commands.add_parser("capacity", help="engines and API replicas for so many players")
    add = command.add_argument
    add("--players", type=_above(int), required=True, help="at a time")
    add(
        "--engine-events-per-s",
        type=_above(float),
        required=True,
        help="of one engine within the objectives, from `python -m loadtest.gpu_bench`",
    )
    add("--turn-s", type=_above(float), default=Demand.turn_s, help="of a turn (%(default)s)")
    add(
        "--trigger-rate",
        type=_above(float),
        default=Demand.trigger_rate,
        help="events a turn (%(default)s)",
    )
    add("--hit-cpu-ms", type=_above(float), default=Supply.hit_cpu_ms, help="(%(default)s)")
    add("--generations-per-event", type=_above(float), help="(by the number of players)")
    add("--spare", type=int, default=1, help="of each, free to fail (%(default)s)")
    command.set_defaults(run=_print)


def _print(arguments: argparse.Namespace) -> int:
    found = capacity(
        Demand(arguments.players, arguments.turn_s, arguments.trigger_rate),
        Supply(arguments.engine_events_per_s, arguments.hit_cpu_ms),
        arguments.generations_per_event,
        arguments.spare,
    )
    print(f"events          {found.events_per_s:,.2f} a second")
    print(f"generations     {found.generations_per_event:.3f} an event")
    print(f"                {found.generations_per_s:,.2f} a second")
    print(f"engines         {found.engines}, {arguments.spare} of them spare")
    print(f"API replicas    {found.api_replicas}, {arguments.spare} of them spare")
    return 0


def _above(kind: Callable[[str], float]) -> Callable[[str], float]:
    def number(text: str) -> float:
        value = kind(text)
        if not 0 < value < math.inf:
            raise argparse.ArgumentTypeError("must be above 0")
        return value

    return number
