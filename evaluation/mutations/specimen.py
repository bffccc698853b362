"""A good event with its player, and the shelf of events its defects borrow texts from."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from evaluation.split import Side, side
from serve.domain.balance import BalancePolicy
from serve.domain.event import Choice, Effects, GameEvent
from serve.domain.state import GameState, Locale


@dataclass(frozen=True, slots=True)
class Specimen:
    """One event resolved for one player; `id` is the draft's, the same for every player."""

    id: str
    event: GameEvent
    state: GameState
    locale: Locale

    @property
    def side(self) -> Side:
        """The side of the split that its phrases come from, too."""
        return side(self.id)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Events to borrow from, and the table of bands."""

    specimens: Sequence[Specimen]
    policy: BalancePolicy

    def other(
        self,
        specimen: Specimen,
        rng: Random,
        *,
        same_type: bool | None = None,
        locale: Locale | None = None,
    ) -> GameEvent | None:
        """Another event in `locale` (the specimen's own), of the same type, another one or any."""
        language = locale or specimen.locale
        for candidate in rng.sample(self.specimens, len(self.specimens)):
            alike = candidate.event.event_type is specimen.event.event_type
            wanted = same_type is None or alike is same_type
            if candidate.locale is language and candidate.id != specimen.id and wanted:
                return candidate.event
        return None


def with_choice(event: GameEvent, index: int, choice: Choice) -> GameEvent:
    """The event with one choice replaced."""
    choices = (*event.choices[:index], choice, *event.choices[index + 1 :])
    return event.model_copy(update={"choices": choices})


def with_effects(choice: Choice, **amounts: object) -> Choice:
    """The choice with some of its effects replaced, by their Python names."""
    return choice.model_copy(update={"effects": choice.effects.model_copy(update=amounts)})


def with_resources(choice: Choice, resources: tuple[int, int, int]) -> Choice:
    """The choice with other (cash, users, trust)."""
    cash, users, trust = resources
    return with_effects(choice, cash_delta=cash, users_delta=users, trust_delta=trust)


def clipped(effects: Effects, state: GameState) -> tuple[int, int, int]:
    """(cash, users, trust) with users and trust kept in their ranges for the player."""
    cash, users, trust = effects.resources
    return cash, max(users, -state.users), min(max(trust, -state.trust), 100 - state.trust)
