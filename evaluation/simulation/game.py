"""One company from its first turn to its last."""

from random import Random

from evaluation.simulation.players import Player
from evaluation.simulation.rules import GameRules, MoveName
from serve.domain.balance import BalancePolicy
from serve.domain.brief import NEXT_STEPS
from serve.domain.event import Effects, GameEvent
from serve.domain.state import Difficulty, GameState, Stage


class Game:
    """Ordinary turns, and whatever an event does to them."""

    def __init__(
        self,
        rules: GameRules,
        policy: BalancePolicy,
        player: Player,
        difficulty: Difficulty,
        seed: str,
    ) -> None:
        self._rules, self._policy, self._player = rules, policy, player
        # Two: an event that is met must not change the luck of the turns after it.
        self._rng, self._choosing = Random(seed), Random(f"{seed}|events")
        start = rules.starts[difficulty]
        self._turns = start.turns
        self.state = GameState(
            current_turn=1,
            difficulty=difficulty,
            cash=start.cash,
            users=0,
            trust=start.trust,
            infrastructure=("EC2",),
        )

    @property
    def alive(self) -> bool:
        state = self.state
        return self._policy.alive(state, state.cash, state.users, state.trust)

    @property
    def over(self) -> bool:
        """Lost, or played to its end."""
        return not self.alive or self.state.current_turn >= self._turns

    def turn(self) -> None:
        """A move by chance, what the company earns and costs, and the next turn begins.

        Every policy plays its ordinary turns alike, so that what differs between them is the events'.
        """
        name: MoveName = self._rng.choice([*self._rules.moves])
        left = self.state.cash - self._policy.line(self.state).bankruptcy
        if left + self._effects(name).cash_delta < self._rules.reserve * self._scale:
            name = "save"
        self.take(self._effects(name))
        self.take(self._course())
        self.state = self.state.model_copy(update={"current_turn": self.state.current_turn + 1})

    def meet(self, event: GameEvent) -> Effects:
        """The choice the player takes, taken."""
        options = [choice.effects for choice in event.choices]
        taken = options[self._player(options, self.state, self._policy, self._choosing)]
        self.take(taken)
        return taken

    def take(self, effects: Effects) -> None:
        state = self.state
        kept = [name for name in state.infrastructure if name not in effects.remove_infrastructure]
        self.state = state.model_copy(
            update={
                "cash": state.cash + effects.cash_delta,
                "users": max(state.users + effects.users_delta, 0),
                "trust": min(max(state.trust + effects.trust_delta, 0), 100),
                "infrastructure": tuple(dict.fromkeys((*kept, *effects.add_infrastructure))),
            }
        )

    def _effects(self, name: MoveName) -> Effects:
        """A move for this company: dearer in later stages, a service bought where one is next."""
        state, scale, move = self.state, self._scale, self._rules.moves[name]
        added = self._next_service() if name == "build" else ()
        return Effects(
            users_delta=max(int(state.users * move.users), move.least_users),
            cash_delta=int(move.cash * scale),
            trust_delta=move.trust,
            add_infrastructure=added,
        )

    def _course(self) -> Effects:
        """What a turn brings by itself."""
        rules, state = self._rules, self.state
        services = len(state.infrastructure)
        upkeep = rules.upkeep_per_service * max(services - 1, 0)
        crowded = state.users > rules.capacity * services
        drift = rules.growth * (state.trust - 50) / 50
        return Effects(
            users_delta=int(state.users * drift * self._rng.uniform(0.5, 1.5)),
            cash_delta=int(rules.income_per_user * state.users * self._rng.uniform(0.8, 1.2))
            - upkeep,
            trust_delta=self._rng.choice((-1, 0, 1)) - rules.crowded * crowded,
        )

    def _next_service(self) -> tuple[str, ...]:
        steps = NEXT_STEPS[self.state.stage]
        return next(((name,) for name in steps if name not in self.state.owned), ())

    @property
    def _scale(self) -> float:
        """Of the stage's largest choice to the first stage's."""
        return self._policy.band(self.state).cash / self._policy.bands[Stage.EARLY].cash
