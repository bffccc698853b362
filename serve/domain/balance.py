"""How levels become figures: won, users and trust for the player at hand, by stage."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from serve.domain.event import Choice, Effects, EventDraft, EventType, Figures, GameEvent
from serve.domain.state import Difficulty, GameState, MoneyPressure, Stage
from serve.errors import ConfigurationError

CHOICE_IDS = "abcd"


class _Policy(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Band(_Policy):
    """The largest absolute effect of one choice."""

    cash: int = Field(gt=0)
    """Won."""
    users: int = Field(gt=0)
    """People."""
    trust: int = Field(gt=0, le=100)
    """Points."""


class Lines(_Policy):
    """How a game is lost."""

    bankruptcy: int
    """Won; cash below this ends the game."""
    outage: int = Field(ge=0, le=100)
    """Points; trust below this ends the game once there are users."""


Shares = tuple[float, float, float]


class BalancePolicy(_Policy):
    """The designers' table, `configs/balance.yaml`; every stage and difficulty must be there."""

    bands: dict[Stage, Band]
    lines: dict[Difficulty, Lines]
    levels: dict[str, Shares]
    """Share of the band for a level of 1, 2 and 3, per resource (cash, users, trust)."""
    losses: Shares
    """Share of what can be lost that a level of 1, 2 and 3 takes at most."""
    smallest: float = Field(gt=0, lt=0.05)
    """The smallest effect worth a choice, as a share of the band."""

    @classmethod
    def parse(cls, table: Mapping[str, Any]) -> "BalancePolicy":
        """Raises ConfigurationError naming the entry that is missing or wrong."""
        try:
            policy = cls.model_validate(table)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise ConfigurationError(f"balance table: {where}: {first['msg']}") from error
        for section, wanted in (
            ("bands", [*Stage]),
            ("lines", [*Difficulty]),
            ("levels", ["cash", "users", "trust"]),
        ):
            missing = [name for name in wanted if name not in getattr(policy, section)]
            if missing:
                raise ConfigurationError(f"balance table: {section}.{missing[0]} is missing")
        return policy

    def band(self, state: GameState) -> Band:
        return self.bands[state.stage]

    def line(self, state: GameState) -> Lines:
        return self.lines[state.difficulty]

    def alive(self, state: GameState, cash: int, users: int, trust: int) -> bool:
        """Whether a company with these figures goes on under the state's difficulty."""
        lines = self.line(state)
        return cash >= lines.bankruptcy and not (users > 0 and trust < lines.outage)

    def survives(self, state: GameState, figures: Figures) -> bool:
        """Whether the company goes on after a choice with these effects."""
        return self.alive(
            state,
            state.cash + figures.cash,
            state.users + figures.users,
            state.trust + figures.trust,
        )

    def money_pressure(self, state: GameState) -> MoneyPressure:
        """By the won left above the bankruptcy line, in large choices of this stage."""
        left = (state.cash - self.line(state).bankruptcy) / self.band(state).cash
        if left < 0.5:
            return MoneyPressure.TIGHT
        return MoneyPressure.STEADY if left < 2 else MoneyPressure.RICH


def resolve(
    draft: EventDraft,
    event_type: EventType,
    state: GameState,
    policy: BalancePolicy,
    *,
    event_id: str,
    seed: str,
) -> GameEvent:
    """The draft with this player's figures."""
    return told(draft, event_type, amounts(draft, state, policy, seed), event_id=event_id)


def told(
    draft: EventDraft, event_type: EventType, figures: Sequence[Figures], *, event_id: str
) -> GameEvent:
    """The draft with these figures, one of each for a choice."""
    return GameEvent(
        event_id=event_id,
        event_type=event_type,
        severity=draft.severity,
        title=draft.title,
        description=draft.description,
        choices=tuple(
            Choice(
                choice_id=choice_id,
                text=choice.text,
                effects=Effects(
                    users_delta=users,
                    cash_delta=cash,
                    trust_delta=trust,
                    add_infrastructure=choice.add,
                    remove_infrastructure=choice.remove,
                ),
                result_text=choice.result,
            )
            for choice_id, choice, (cash, users, trust) in zip(
                CHOICE_IDS, draft.choices, figures, strict=False
            )
        ),
    )


def amounts(
    draft: EventDraft, state: GameState, policy: BalancePolicy, seed: str
) -> tuple[Figures, ...]:
    """What each choice does to this player.

    The same seed gives the same figures. Levels keep their order: a higher level is never a smaller
    amount, so a trade-off in levels stays one in won, users and points. No loss is larger than a
    share of what the player has, except that it never shrinks below the smallest effect worth a
    choice.
    """
    scale = _Scale(state, policy, seed)
    return tuple(
        Figures(scale.cash(choice.cash), scale.users(choice.users), scale.trust(choice.trust))
        for choice in draft.choices
    )


class _Scale:
    """Amounts per level for one player and one event."""

    def __init__(self, state: GameState, policy: BalancePolicy, seed: str) -> None:
        self._policy, self._state = policy, state
        self._band, self._line = policy.band(state), policy.line(state)
        # One wobble per resource, not per choice: equal levels stay equal and higher ones higher.
        digest = blake2b(seed.encode(), digest_size=3).digest()
        self._wobble = tuple(0.9 + 0.2 * byte / 255 for byte in digest)

    def cash(self, level: int) -> int:
        amount = self._amount("cash", level, self._band.cash, self._wobble[0])
        if level >= 0:
            return round_figure(amount)
        left = self._state.cash - self._line.bankruptcy
        floor = self._policy.smallest * self._band.cash * -level
        return -round_figure(max(min(amount, self._loss(level, left)), floor))

    def users(self, level: int) -> int:
        amount = self._amount("users", level, self._band.users, self._wobble[1])
        if level >= 0:
            return round_figure(amount)
        left = self._state.users
        return -min(round_figure(max(min(amount, self._loss(level, left)), -level)), left)

    def trust(self, level: int) -> int:
        amount = round(self._amount("trust", level, self._band.trust, self._wobble[2]))
        if level >= 0:
            return min(amount, self._band.trust, 100 - self._state.trust)
        line = self._line.outage if self._state.users else 0
        left = self._state.trust - line
        return -min(max(min(amount, int(self._loss(level, left))), -level), self._state.trust)

    def _amount(self, resource: str, level: int, band: int, wobble: float) -> float:
        if level == 0:
            return 0.0
        return min(self._policy.levels[resource][abs(level) - 1] * wobble, 1.0) * band

    def _loss(self, level: int, left: int) -> float:
        return self._policy.losses[-level - 1] * max(left, 0)


def round_figure(amount: float) -> int:
    """Down to a figure a designer would write: 1, 1.5, 2, 2.5 … times a power of ten."""
    whole = int(amount)
    if whole < 10:
        return whole
    step = 10 ** (len(str(whole)) - 1) // 2
    return whole // step * step
