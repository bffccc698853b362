"""Orders the bundled model never learnt from, for players at random."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from random import Random
from typing import NamedTuple

from serve.domain.balance import BalancePolicy
from serve.domain.brief import ANGLES, NEXT_STEPS, Brief, Situation
from serve.domain.state import Difficulty, GameState, Locale, Stage
from serve.models.corpus import held_back
from serve.prompts import load

_PROMPT = load("compact")
_KOREAN = 0.75


class Order(NamedTuple):
    """What is asked for, and the player it is for."""

    brief: Brief
    state: GameState
    prompt: str

    @property
    def locale(self) -> Locale:
        return self.brief.situation.locale


def held_back_orders(policy: BalancePolicy, seed: int) -> Iterator[Order]:
    """Without end, as the platform draws them; three in four in Korean. Every order is new."""
    rng, seen = Random(seed), set[str]()
    while True:
        locale = Locale.KO if rng.random() < _KOREAN else Locale.EN
        state = _player(rng)
        brief = Brief.draw(Situation.of(state, locale, policy), state, rng)
        prompt = _prompt(brief)
        if held_back(prompt) and prompt not in seen:
            seen.add(prompt)
            yield Order(brief, state, prompt)


def asked_again(orders: Iterable[Order], seed: int) -> list[Order]:
    """The same orders as the platform would place them a second time: from an angle drawn anew."""
    rng = Random(f"{seed}:again")
    briefs = [(order, replace(order.brief, angle=rng.randrange(ANGLES))) for order in orders]
    return [order._replace(brief=brief, prompt=_prompt(brief)) for order, brief in briefs]


def _prompt(brief: Brief) -> str:
    return _PROMPT.render(brief).user


def _player(rng: Random) -> GameState:
    """Some turn of some game, with about half of what companies have bought by then."""
    stages = list(Stage)
    stage = rng.choice(stages)
    passed = [name for step in stages[: stages.index(stage)] for name in NEXT_STEPS[step]]
    bought = rng.sample(passed, len(passed) // 2)
    return GameState(
        current_turn=stage.first_turn,
        difficulty=rng.choice(list(Difficulty)),
        cash=rng.choice((5_000_000, 40_000_000, 300_000_000)),
        users=rng.choice((0, 500, 20_000)),
        trust=rng.choice((20, 50, 80)),
        infrastructure=("EC2", *dict.fromkeys(bought)),
    )
