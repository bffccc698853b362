"""QualityScorer: the rubric."""

from collections.abc import Sequence

from serve.domain.balance import BalancePolicy, resolve
from serve.domain.event import EventDraft, GameEvent
from serve.domain.state import GameState, Locale
from serve.quality import Quality, score
from serve.static_events import StaticLibrary


class QualityScorer:
    def __init__(self, policy: BalancePolicy) -> None:
        self._policy, library = policy, StaticLibrary(policy)
        for locale in Locale:  # word lists and vectors are loaded now, not while a player waits
            library.quality(library.drafts(locale)[0].id)

    async def score(
        self, event: GameEvent, state: GameState, locale: Locale, others: Sequence[EventDraft]
    ) -> Quality:
        """Points and reasons; novelty is judged against `others`, the drafts of the same key."""
        resolved = [
            resolve(other, event.event_type, state, self._policy, event_id="other", seed="other")
            for other in others
        ]
        return score(event, state, self._policy, locale, others=resolved)
