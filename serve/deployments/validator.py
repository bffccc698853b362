"""EventValidator: reads completions and applies every rule."""

from serve.domain.balance import BalancePolicy
from serve.domain.event import EventType
from serve.domain.state import GameState, Locale
from serve.generation import Checked, check_completion


class EventValidator:
    def __init__(self, policy: BalancePolicy) -> None:
        self._policy = policy

    async def check(
        self, text: str, event_type: EventType, state: GameState, locale: Locale
    ) -> Checked:
        return check_completion(text, event_type, state, self._policy, locale)
