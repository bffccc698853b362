"""What a crowd of players costs, in virtual time: the platform's own service, writer and pool."""

import asyncio
from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.progress import Progress

from evaluation.simulation import virtual_time
from evaluation.simulation.platform import Platform
from evaluation.simulation.playing import Crowd
from evaluation.simulation.record import Played
from evaluation.simulation.rules import GameRules
from evaluation.simulation.simulate import events
from evaluation.simulation.supply import open_supply
from evaluation.simulation.traffic import Traffic
from evaluation.simulation.world import World
from loadtest.report import told
from serve import metrics
from serve.domain.balance import BalancePolicy
from serve.serving import Source
from serve.settings import PlatformArgs, Settings
from serve.static_events import StaticLibrary

POPULATIONS = (10, 100, 1_000, 10_000)
_GAMES = 400
"""At least: small crowds play game after game."""
_TTL_S = 300.0


def players(at_a_time: int, console: Console) -> dict[str, Any]:
    """Events, where they came from, generations per event, and keys, for so many at a time."""
    settings = Settings.from_environ({})
    policy = BalancePolicy.parse(settings.table("balance.yaml"))
    world = World(
        GameRules.parse(settings.table("evaluation/game.yaml")),
        policy,
        Traffic.parse(settings.table("evaluation/traffic.yaml")),
        settings.trigger_rate,
        0,
    )
    games = max(at_a_time, _GAMES)
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(f"{at_a_time} players", total=games)
        played, generations, lasted = virtual_time.run(
            _played(world, at_a_time, games, lambda: progress.advance(task))
        )
    met = events(played)
    pooled = sum(one.source in (Source.POOL, Source.STALE) for one in met)
    figures = {
        "players": at_a_time,
        "games": games,
        "events": len(met),
        "events_per_s": len(met) / lasted,
        "pool_share": pooled / len(met),
        "static_share": sum(one.source is Source.STATIC for one in met) / len(met),
        "generations_per_event": generations / len(met),
        "keys": len({one.key for one in met}),
    }
    console.print(told(figures))
    return figures


async def _played(
    world: World, at_a_time: int, games: int, done: Callable[[], None]
) -> tuple[list[Played], float, float]:
    """(games, generations, virtual seconds)."""
    args, clock = PlatformArgs(), asyncio.get_running_loop().time
    platform = Platform(
        world.policy,
        StaticLibrary(world.policy),
        open_supply("corpus", world.policy),
        world.traffic.engine,
        args,
        _TTL_S,
        str(world.seed),
    )
    began = clock()
    played = await Crowd(world, platform, done).play(games, at_a_time)
    counts = platform.tally.counts
    written = sum(n for (name, _), n in counts.items() if name == metrics.GENERATIONS.name)
    return played, written, clock() - began
