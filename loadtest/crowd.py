"""The players behind the requests: games of the simulator, each at a turn of its own."""

from dataclasses import dataclass
from math import ceil
from random import Random

from evaluation.simulation.game import Game
from evaluation.simulation.rules import GameRules
from evaluation.simulation.traffic import Traffic
from evaluation.simulation.world import World
from serve.domain.balance import BalancePolicy
from serve.domain.brief import Situation
from serve.domain.event import GameEvent
from serve.domain.state import Locale
from serve.errors import ConfigurationError
from serve.pool import pool_key
from serve.settings import Settings

TRIGGER_RATE = 0.15
"""Of turns, on which the game asks for an event."""


@dataclass(slots=True)
class Seat:
    """One place at the game; whoever has finished makes room for the next."""

    number: int
    player: str
    game: Game
    locale: Locale
    luck: Random


@dataclass(frozen=True, slots=True)
class Asking:
    """A player whose game asks for an event."""

    seat: Seat
    body: str
    """JSON."""
    key: str
    """Of the situation: players with the same one may share a draft."""


class Crowd:
    """As many players as such a rate takes, whatever turn each of them is at."""

    def __init__(self, world: World, run: str) -> None:
        """`run` makes player ids unlike those of other runs, whose seen events are remembered."""
        self._world, self._run = world, run
        self._rng = Random(f"{world.seed}|crowd")
        self._seats, self._waiting = dict[int, Seat](), set[int]()
        self._games = 0

    @property
    def players(self) -> int:
        """Who have played so far."""
        return self._games

    def next(self, rate: float) -> Asking:
        """Somebody who is not waiting for an answer, at a turn that triggers an event.

        `rate` is that of the requests: the more there are, the more players they come from.
        """
        seat = self._idle(self._size(rate))
        while seat.luck.random() >= self._world.trigger_rate:
            self._turn(seat)
        self._waiting.add(seat.number)
        state, policy = seat.game.state, self._world.policy
        told = state.model_dump_json(by_alias=True)
        return Asking(
            seat,
            f'{{"playerId":"{seat.player}","locale":"{seat.locale}","gameState":{told}}}',
            pool_key(Situation.of(state, seat.locale, policy), "", "").lstrip(":"),
        )

    def settle(self, asking: Asking, event: GameEvent | None) -> None:
        """The player takes a choice, if there was an event, and plays on."""
        if event is not None:
            asking.seat.game.meet(event)
        self._turn(asking.seat)
        self._waiting.discard(asking.seat.number)

    def _size(self, rate: float) -> int:
        """Players who ask so often between them, at the pace people play."""
        return ceil(rate * self._world.traffic.turn_s / self._world.trigger_rate)

    def _idle(self, size: int) -> Seat:
        number = self._rng.randrange(size)
        while number in self._waiting:  # with all of them waiting, somebody new sits down
            number = self._rng.randrange(size := size + 1)
        if number not in self._seats:
            self._seats[number] = self._seated(number)
            self._age(self._seats[number])
        return self._seats[number]

    def _seated(self, number: int) -> Seat:
        game, _ = self._world.game(self._games)
        luck = Random(f"{self._world.seed}|{self._games}|luck")
        english = luck.random() < self._world.traffic.english
        player = f"{self._run}-{self._games}"
        self._games += 1
        return Seat(number, player, game, Locale.EN if english else Locale.KO, luck)

    def _age(self, seat: Seat) -> None:
        """A crowd that has been playing for long is spread over all turns of a game."""
        longest = max(start.turns for start in self._world.rules.starts.values())
        for _ in range(seat.luck.randrange(longest)):
            if not seat.game.over:
                seat.game.turn()

    def _turn(self, seat: Seat) -> None:
        if not seat.game.over:
            seat.game.turn()
        if seat.game.over:
            new = self._seated(seat.number)
            seat.player, seat.game, seat.locale, seat.luck = (
                new.player,
                new.game,
                new.locale,
                new.luck,
            )


def crowd(seed: int, trigger_rate: float, run: str) -> Crowd:
    """Players by the rules in `configs/`. Raises ConfigurationError."""
    if not 0 < trigger_rate <= 1:
        raise ConfigurationError("trigger rate: must be above 0 and at most 1, of turns")
    settings = Settings.from_environ()
    world = World(
        GameRules.parse(settings.table("evaluation/game.yaml")),
        BalancePolicy.parse(settings.table("balance.yaml")),
        Traffic.parse(settings.table("evaluation/traffic.yaml")),
        trigger_rate,
        seed,
    )
    return Crowd(world, run)
