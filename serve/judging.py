"""A share of the drafts kept is judged by a model, beside everything else.

One judgement at a time; what is drawn meanwhile is dropped and counted, so that a slow judge costs
coverage and nothing else.
"""

import asyncio
import logging
from collections.abc import Callable

from serve import metrics
from serve.domain.balance import BalancePolicy, resolve
from serve.domain.state import GameState
from serve.errors import EngineError
from serve.pool import PooledDraft, lot
from serve.quality.judge import Judge
from serve.quality.judgement import DIMENSIONS, Judgement
from serve.tally import Tally
from serve.telemetry import span

_LIMIT_S = 60.0

_log = logging.getLogger(__name__)

PassOn = Callable[[PooledDraft, GameState, Judgement | None], None]


class Judging:
    """Every draft offered is passed on exactly once, with its judgement if it got one."""

    def __init__(
        self,
        judge: Judge,
        policy: BalancePolicy,
        tally: Tally,
        pass_on: PassOn,
        *,
        sample: float,
        limit_s: float = _LIMIT_S,
    ) -> None:
        """`sample`: share of drafts, 0..1; `limit_s`: after this a judgement is given up."""
        self._judge, self._policy, self._tally, self._pass_on = judge, policy, tally, pass_on
        self._sample, self._limit_s = sample, limit_s
        self._flight: asyncio.Task[None] | None = None
        self._told = False

    def offer(self, draft: PooledDraft, state: GameState) -> None:
        """Returns at once. Drawn by the draft's id, as reviews are, so that people see the same."""
        if lot(draft.draft_id) >= self._sample:
            self._pass_on(draft, state, None)
        elif self._flight is not None:
            self._tally.count(metrics.JUDGED, "dropped")
            self._pass_on(draft, state, None)
        else:
            self._flight = asyncio.create_task(self._fly(draft, state))

    async def _fly(self, draft: PooledDraft, state: GameState) -> None:
        judgement: Judgement | None = None
        try:
            with span("judge"):
                async with asyncio.timeout(self._limit_s):
                    judgement = await self._judged(draft, state)
            self._told = False
        except (EngineError, TimeoutError) as error:
            self._tell(error)
        finally:
            self._flight = None
            self._count(draft, judgement)
            self._pass_on(draft, state, judgement)

    async def _judged(self, draft: PooledDraft, state: GameState) -> Judgement:
        event = resolve(
            draft.draft,
            draft.event_type,
            state,
            self._policy,
            event_id=draft.draft_id,
            seed="draft",  # the very figures that were scored
        )
        return await self._judge.judge(event, state, draft.locale)

    def _count(self, draft: PooledDraft, judgement: Judgement | None) -> None:
        if judgement is None:
            self._tally.count(metrics.JUDGED, "failed")
            return
        self._tally.count(metrics.JUDGED, "judged")
        self._tally.observe(metrics.JUDGE_SCORE, judgement.total)
        for name in DIMENSIONS:
            gap = abs(getattr(judgement, name) - getattr(draft.quality, name))
            self._tally.observe(metrics.JUDGE_GAP, gap, name)
            self._tally.observe(metrics.JUDGE_ORDER_GAP, judgement.order_gap[name], name)

    def _tell(self, error: Exception) -> None:
        if not self._told:
            _log.warning("drafts are not judged: %s", str(error) or type(error).__name__)
        self._told = True
