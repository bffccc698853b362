"""Thousands of seeded games: against the platform, at several numbers of players, and without events."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from evaluation.simulation import virtual_time
from evaluation.simulation.platform import Platform
from evaluation.simulation.playing import Crowd
from evaluation.simulation.record import Met, Played
from evaluation.simulation.supply import Supply
from evaluation.simulation.world import World, without_events
from serve.settings import PlatformArgs
from serve.static_events import StaticLibrary

_CROWDS = (10, 100, 1000)
_ROUNDS = 20
"""Games after one another that tell of a small crowd what there is to tell."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What is simulated."""

    games: int = 2_000
    concurrent: int = 100
    """Players at a time, in the games whose endings are told."""
    ttl_s: float = 300.0
    """Seconds for which a draft of the pool is fresh."""

    @property
    def crowds(self) -> dict[int, int]:
        """Players at a time -> games: hit rates are told for each of them."""
        others = {size: min(self.games, size * _ROUNDS) for size in _CROWDS}
        return dict(sorted((others | {self.concurrent: self.games}).items()))

    @property
    def total(self) -> int:
        """Games played in all, for a progress bar."""
        return sum(self.crowds.values()) + self.games


class Simulation(NamedTuple):
    """What came of it."""

    played: Sequence[Played]
    without: Sequence[Played]
    """The same games, no event in them."""
    crowds: Mapping[int, Sequence[Played]]
    """Players at a time -> games, those of `played` among them."""

    @property
    def met(self) -> list[Met]:
        return events(self.played)


def events(games: Sequence[Played]) -> list[Met]:
    """Every event of these games."""
    return [met for game in games for met in game.met]


def simulate(
    settings: Settings,
    world: World,
    supply: Supply,
    args: PlatformArgs,
    done: Callable[[], None] = lambda: None,
) -> Simulation:
    """Plays them all; `done` is told of each game. The same arguments give the same games."""
    library = StaticLibrary(world.policy)

    async def crowd(size: int, games: int) -> list[Played]:
        platform = Platform(
            world.policy,
            library,
            supply,
            world.traffic.engine,
            args,
            settings.ttl_s,
            str(world.seed),
        )
        return await Crowd(world, platform, done).play(games, size)

    crowds = {size: virtual_time.run(crowd(size, games)) for size, games in settings.crowds.items()}
    without = list[Played]()
    for number in range(settings.games):
        without.append(without_events(world, number))
        done()
    return Simulation(crowds[settings.concurrent], without, crowds)
