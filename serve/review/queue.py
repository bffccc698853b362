"""Which written drafts a person should see, and their way to the store, beside the players' path."""

import logging
from collections import deque
from datetime import UTC, datetime

from serve import metrics
from serve.domain.balance import BalancePolicy, resolve
from serve.domain.state import GameState
from serve.errors import StoreError
from serve.pool import PooledDraft, lot
from serve.quality import Verdict
from serve.quality.judgement import Judgement
from serve.review.item import ReviewItem, Why
from serve.review.store import ReviewStore
from serve.tally import Tally

_WAITING = 200
"""Items kept in memory while the store is away; the oldest go first."""

_Waiting = tuple[PooledDraft, GameState, Judgement | None, Why]

_log = logging.getLogger(__name__)


def why_queued(draft: PooledDraft, sample: float) -> Why | None:
    """A share of all drafts, always the same ones, and every other draft of verdict `review`.

    Drawn first, so that the sample speaks for all that is served, doubtful ones included.
    """
    if lot(draft.draft_id) < sample:
        return Why.SAMPLE
    return Why.VERDICT if draft.quality.verdict is Verdict.REVIEW else None


class ReviewQueue:
    """Takes drafts at once and without failing; `flush` hands them to the store."""

    def __init__(
        self, store: ReviewStore, policy: BalancePolicy, tally: Tally, sample: float
    ) -> None:
        self._store, self._policy, self._tally, self._sample = store, policy, tally, sample
        self._waiting: deque[_Waiting] = deque(maxlen=_WAITING)
        self._told = False

    def offer(
        self, draft: PooledDraft, state: GameState, judgement: Judgement | None = None
    ) -> None:
        """Queues the draft if a person should see it as the player in this state does."""
        why = why_queued(draft, self._sample)
        if why is not None:
            self._waiting.append((draft, state, judgement, why))

    def measure(self) -> None:
        """Sets the gauge of what waits."""
        self._tally.set(metrics.REVIEW_QUEUE, len(self._waiting))

    async def flush(self) -> None:
        """Never raises StoreError: what could not be kept waits for the next time."""
        taken = list(self._waiting)
        if not taken:
            return
        try:
            await self._store.queue([self._item(*one) for one in taken])
        except StoreError as error:
            self._failed(error)
            return
        self._told = False
        for one in taken:
            if self._waiting and self._waiting[0] is one:
                self._waiting.popleft()

    def _item(
        self, draft: PooledDraft, state: GameState, judgement: Judgement | None, why: Why
    ) -> ReviewItem:
        event = resolve(
            draft.draft,
            draft.event_type,
            state,
            self._policy,
            event_id=draft.draft_id,
            seed="draft",  # the very figures that were scored
        )
        return ReviewItem(
            item_id=draft.draft_id,
            event=event,
            game_state=state,
            locale=draft.locale,
            quality=draft.quality,
            judge=judgement,
            prompt_version=draft.prompt_version,
            model=draft.model,
            created_at=datetime.fromtimestamp(draft.created_at, UTC),
            why=why,
        )

    def _failed(self, error: StoreError) -> None:
        self._tally.count(metrics.REVIEW_ERRORS)
        if not self._told:
            _log.warning("reviews are not kept: %s", error)
        self._told = True
