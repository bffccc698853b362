"""Scenarios out of played games: states that players reach, of every kind there is."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import count, cycle
from random import Random

from evaluation.dataset import Origin, Scenario
from evaluation.simulation.game import Game
from evaluation.simulation.players import POLICIES
from evaluation.simulation.rules import GameRules
from serve.domain.balance import BalancePolicy
from serve.domain.state import Difficulty, GameState, Locale
from serve.static_events import StaticLibrary

_EACH = 6
"""Scenarios of a kind: stage, difficulty and money pressure."""
_GAMES = 1_200
_EVENTS = 0.3
"""Of turns: more than in production, so that fewer games show more fates."""
_ENGLISH = 5
"""One in so many is in English."""


def played(rules: GameRules, policy: BalancePolicy, seed: int) -> tuple[Scenario, ...]:
    """At most six of every kind, in the order of stages; the same seed gives the same ones."""
    kinds = defaultdict[tuple[str, str, str], list[GameState]](list)
    for state in _states(rules, policy, seed):
        kind = kinds[_stage(state), state.difficulty, policy.money_pressure(state)]
        if len(kind) < _EACH:
            kind.append(state)
    states = [state for _, states in sorted(kinds.items()) for state in states]
    return tuple(
        Scenario(
            id=f"played-{number:03}",
            game_state=state,
            locale=Locale.EN if number % _ENGLISH == 0 else Locale.KO,
            origin=Origin.PLAYED,
        )
        for number, state in enumerate(states, 1)
    )


def _states(rules: GameRules, policy: BalancePolicy, seed: int) -> Iterator[GameState]:
    """One state of each game: neighbours of one game are too alike."""
    library, players = StaticLibrary(policy), cycle(POLICIES.values())
    for number, difficulty in zip(count(), cycle(Difficulty), strict=False):
        if number == _GAMES:
            return
        game = Game(rules, policy, next(players), difficulty, f"{seed}|{number}")
        seen = list(_turns(game, library, policy, Random(f"{seed}|{number}|luck")))
        yield Random(f"{seed}|{number}|turn").choice(seen)


def _turns(
    game: Game, library: StaticLibrary, policy: BalancePolicy, rng: Random
) -> Iterator[GameState]:
    """The state of every turn that is played, hand-written events met on the way."""
    while not game.over:
        yield game.state
        if rng.random() < _EVENTS:
            for written in library.candidates(game.state, Locale.KO, None, rng)[:5]:
                ready = library.ready(written.id)
                figures = ready.figures(game.state, policy, written.id)
                if figures is not None:
                    game.meet(ready.event(figures, written.id))
                    break
        if game.alive:
            game.turn()


def _stage(state: GameState) -> str:
    """Sorts as the stages follow each other."""
    return f"{state.stage.first_turn:02}"
