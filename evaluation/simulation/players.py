"""Players with a policy: which of some effects they take. They see figures, not texts."""

from collections.abc import Callable, Sequence
from random import Random

from serve.domain.balance import BalancePolicy
from serve.domain.event import Effects
from serve.domain.state import GameState

Player = Callable[[Sequence[Effects], GameState, BalancePolicy, Random], int]
"""The index of the effects taken."""


def greedy(options: Sequence[Effects], state: GameState, policy: BalancePolicy, _: Random) -> int:
    """Takes what is worth most at once, whatever may come of it."""
    worth = [_worth(one, state, policy) for one in options]
    return worth.index(max(worth))


def cautious(options: Sequence[Effects], state: GameState, policy: BalancePolicy, _: Random) -> int:
    """Takes what leaves the company furthest from both ways to lose; ties by worth."""
    kept = [(_margin(one, state, policy), _worth(one, state, policy)) for one in options]
    return kept.index(max(kept))


def random(
    options: Sequence[Effects], _state: GameState, _policy: BalancePolicy, rng: Random
) -> int:
    """Takes any."""
    return rng.randrange(len(options))


POLICIES: dict[str, Player] = {"greedy": greedy, "cautious": cautious, "random": random}


def _worth(effects: Effects, state: GameState, policy: BalancePolicy) -> float:
    """In shares of what the stage's largest choice moves."""
    band = policy.band(state)
    return (
        effects.cash_delta / band.cash
        + effects.users_delta / band.users
        + effects.trust_delta / band.trust
        + 0.05 * (len(effects.add_infrastructure) - len(effects.remove_infrastructure))
    )


def _margin(effects: Effects, state: GameState, policy: BalancePolicy) -> float:
    """Distance to the nearer of bankruptcy and outage, in stage-sized choices; at most two."""
    lines, band = policy.line(state), policy.band(state)
    cash = (state.cash + effects.cash_delta - lines.bankruptcy) / band.cash
    trust = (state.trust + effects.trust_delta - lines.outage) / band.trust
    return round(min(cash, trust, 2.0), 2)
