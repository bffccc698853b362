"""Events from anywhere, judged by the model that is configured: the same judge the platform asks."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.scoring import Case, Malformed
from serve.adapters.openai_judge import OpenAIMarker
from serve.domain.balance import BalancePolicy
from serve.errors import ConfigurationError, EngineError
from serve.quality import Quality, score
from serve.quality.judge import Judge
from serve.quality.judgement import DIMENSIONS, Judgement
from serve.settings import JudgeConfig

AT_ONCE = 4
"""Events in flight; a server batches their questions."""

NO_JUDGE = (
    "심사 모델이 없습니다. EVENTSMITH_JUDGE_ENDPOINT와 EVENTSMITH_JUDGE_MODEL로 정합니다. · "
    "no judge is configured; set EVENTSMITH_JUDGE_ENDPOINT and EVENTSMITH_JUDGE_MODEL"
)


@dataclass(frozen=True, slots=True)
class Judged:
    """One event with the points of both machines."""

    index: int
    title: str
    judgement: Judgement
    quality: Quality

    def as_json(self) -> dict[str, Any]:
        rubric = {name: getattr(self.quality, name) for name in (*DIMENSIONS, "total")}
        judge = self.judgement.model_dump(mode="json", by_alias=True)
        return {"index": self.index, "judge": judge, "rubric": rubric}


@dataclass(frozen=True, slots=True)
class Unanswered:
    """An event the judge gave no points; the others are judged all the same."""

    index: int
    reason: str

    def as_json(self) -> dict[str, Any]:
        return {"index": self.index, "error": self.reason}


def configured(
    config: JudgeConfig | None, policy: BalancePolicy, *, repeats: int | None = None
) -> Judge:
    """Raises ConfigurationError with the cure where no judge is configured."""
    if config is None:
        raise ConfigurationError(NO_JUDGE)
    marker = OpenAIMarker(config.endpoint, config.model, config.key, timeout_s=60)
    return Judge(marker, policy, repeats=repeats)


async def judge_all(
    cases: Sequence[Case | Malformed], judge: Judge, policy: BalancePolicy
) -> AsyncIterator[Judged | Malformed | Unanswered]:
    """Each as it comes in, in order, a few in flight."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(case: Case | Malformed) -> Judged | Malformed | Unanswered:
        async with room:
            return case if isinstance(case, Malformed) else await _judged(case, judge, policy)

    tasks = [asyncio.create_task(one(case)) for case in cases]
    try:
        for task in tasks:
            yield await task
    finally:
        for task in tasks:
            task.cancel()


async def _judged(case: Case, judge: Judge, policy: BalancePolicy) -> Judged | Unanswered:
    index, event, state, locale = case
    try:
        judgement = await judge.judge(event, state, locale)
    except EngineError as error:
        return Unanswered(index, str(error))
    return Judged(index, event.title, judgement, score(event, state, policy, locale))
