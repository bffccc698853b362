"""Players who come one after another and play their games against the platform."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import permutations
from random import Random

from evaluation.simulation.game import Game
from evaluation.simulation.platform import Platform
from evaluation.simulation.record import Met, Played
from evaluation.simulation.world import World
from serve.domain.brief import Situation
from serve.domain.event import GameEvent
from serve.domain.state import Locale
from serve.pool import pool_key


class Crowd:
    """So many players at a time; whoever has finished makes room for the next."""

    def __init__(self, world: World, platform: Platform, done: Callable[[], None]) -> None:
        """`done` is told of each game that is over."""
        self._world, self._platform, self._done = world, platform, done
        self._games: list[Played] = []

    async def play(self, games: int, concurrent: int) -> list[Played]:
        """Every game, in the order they were begun."""
        numbers = iter(range(games))
        async with asyncio.TaskGroup() as seats:
            for seat in range(min(concurrent, games)):
                seats.create_task(self._seat(seat, numbers))
        return sorted(self._games, key=lambda played: played.number)

    async def _seat(self, seat: int, numbers: Iterator[int]) -> None:
        """One place, first taken at some moment of the time that a game lasts."""
        world = self._world
        longest = max(start.turns for start in world.rules.starts.values()) * world.traffic.turn_s
        await asyncio.sleep(Random(f"{world.seed}|seat {seat}").uniform(0, longest))
        for number in numbers:
            self._games.append(await self._game(number))
            self._done()

    async def _game(self, number: int) -> Played:
        world, (game, played) = self._world, self._world.game(number)
        luck = Random(f"{world.seed}|{number}|luck")
        locale = Locale.EN if luck.random() < world.traffic.english else Locale.KO
        seen = _Seen(set(), set())
        while not game.over:
            played.wealth.append(world.wealth(game.state))
            await asyncio.sleep(world.traffic.turn_s * luck.uniform(0.5, 1.5))
            if luck.random() < world.trigger_rate:
                played.met.append(await self._event(game, locale, f"{world.seed}-{number}", seen))
                played.by_event = not game.alive
            if game.alive:
                game.turn()
        played.wealth.append(world.wealth(game.state))
        played.ending = world.ending(game.state)
        return played

    async def _event(self, game: Game, locale: Locale, player_id: str, seen: "_Seen") -> Met:
        policy, state, now = self._world.policy, game.state, asyncio.get_running_loop().time
        asked = now()
        served = await self._platform.next_event(player_id, state, locale)
        again, unnoticed = seen.told(*self._platform.told(served))
        event = served.event
        choices, worse = event.choices, _dominated(event)
        deadly = [not policy.survives(state, choice.effects.resources) for choice in choices]
        waited, taken = now() - asked, game.meet(event)
        at = next(i for i, choice in enumerate(choices) if choice.effects is taken)
        return Met(
            source=served.source,
            key=pool_key(Situation.of(state, locale, policy), "", ""),
            waited_s=waited,
            again=again,
            again_unnoticed=unnoticed,
            choices=len(choices),
            deadly=sum(deadly),
            dominated=len(worse),
            took_deadly=deadly[at],
            took_dominated=at in worse,
        )


@dataclass(frozen=True)
class _Seen:
    """The stories one player has met."""

    names: set[str]
    origins: set[str]

    def told(self, name: str, origin: str) -> tuple[bool, bool]:
        """(met before, met before under another name), and from now on it has been."""
        again, unnoticed = name in self.names, origin in self.origins and name not in self.names
        self.names.add(name)
        self.origins.add(origin)
        return again, unnoticed


def _dominated(event: GameEvent) -> set[int]:
    """Which choices are nowhere better than another."""
    resources = [choice.effects.resources for choice in event.choices]
    return {
        worse
        for worse, better in permutations(range(len(resources)), 2)
        if all(a <= b for a, b in zip(resources[worse], resources[better], strict=True))
    }
