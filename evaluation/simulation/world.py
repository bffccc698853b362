"""What all games of a simulation have in common, and each game played without events."""

from dataclasses import dataclass
from random import Random

from evaluation.simulation.game import Game
from evaluation.simulation.players import POLICIES
from evaluation.simulation.record import Ending, Played
from evaluation.simulation.rules import GameRules
from evaluation.simulation.traffic import Traffic
from serve.domain.balance import BalancePolicy
from serve.domain.state import Difficulty, GameState


@dataclass(frozen=True)
class World:
    """What all games have in common."""

    rules: GameRules
    policy: BalancePolicy
    traffic: Traffic
    trigger_rate: float
    seed: int

    def game(self, number: int) -> tuple[Game, Played]:
        """Game and record; policies and difficulties take turns, so that each meets each."""
        name = [*POLICIES][number % len(POLICIES)]
        difficulty = [*Difficulty][number // len(POLICIES) % len(Difficulty)]
        seed = f"{self.seed}|{number}"
        careless = Random(f"{seed}|care").random() < self.traffic.careless
        rules = self.rules.model_copy(update={"reserve": 0}) if careless else self.rules
        game = Game(rules, self.policy, POLICIES[name], difficulty, seed)
        return game, Played(number, name, difficulty)

    def wealth(self, state: GameState) -> int:
        """Won above the bankruptcy line; 0 for who is bankrupt."""
        return max(state.cash - self.policy.line(state).bankruptcy, 0)

    def ending(self, state: GameState) -> Ending:
        if self.policy.alive(state, state.cash, state.users, state.trust):
            return Ending.PLAYED
        broke = state.cash < self.policy.line(state).bankruptcy
        return Ending.BANKRUPT if broke else Ending.OUTAGE


def without_events(world: World, number: int) -> Played:
    """The same game, no event ever triggered: what difference do they make?"""
    game, played = world.game(number)
    while not game.over:
        played.wealth.append(world.wealth(game.state))
        game.turn()
    played.wealth.append(world.wealth(game.state))
    played.ending = world.ending(game.state)
    return played
