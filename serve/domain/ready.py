"""A draft made ready to be served: what is the same for every player is worked out once."""

from collections.abc import Sequence

from serve.domain.balance import CHOICE_IDS, BalancePolicy, amounts, told
from serve.domain.event import EventDraft, EventType, Figures, GameEvent
from serve.domain.rules import Option, broken, needs
from serve.domain.state import GameState, Locale


class Ready:
    """A draft of one type and locale, and what every player who is given it would ask of it anew."""

    def __init__(self, draft: EventDraft, event_type: EventType, locale: Locale) -> None:
        self.draft, self.event_type, self._locale = draft, event_type, locale
        self.needs, self.offers = needs(draft), draft.offers
        self._texts = draft.texts()

    def fits(self, owned: frozenset[str], event_type: EventType | None) -> bool:
        """Of the type asked for, all it needs owned, nothing it offers owned already."""
        return (
            (event_type is None or self.event_type is event_type)
            and self.needs <= owned
            and self.offers.isdisjoint(owned)
        )

    def figures(
        self, state: GameState, policy: BalancePolicy, seed: str
    ) -> tuple[Figures, ...] | None:
        """What each choice does to this player; None where the event would break a rule for them."""
        figures = amounts(self.draft, state, policy, seed)
        options = [
            Option(choice_id, each, choice.add, choice.remove)
            for choice_id, each, choice in zip(
                CHOICE_IDS, figures, self.draft.choices, strict=False
            )
        ]
        return None if broken(self._texts, options, state, policy, self._locale) else figures

    def event(self, figures: Sequence[Figures], event_id: str) -> GameEvent:
        return told(self.draft, self.event_type, figures, event_id=event_id)
