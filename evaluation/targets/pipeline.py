"""The platform's own pipeline: its prompt, grammar, rules and rubric, around any engine."""

import asyncio
import time
from typing import Protocol

from evaluation.suite.plan import Trial
from evaluation.suite.result import Result
from evaluation.suite.target import TargetDown, answered, unanswered
from serve.domain.balance import BalancePolicy
from serve.domain.violation import Violation
from serve.errors import EngineError
from serve.generation import Checked, Completion, Engine, check_completion, completion_request


class ModelEngine(Engine, Protocol):
    """An engine that can be probed."""

    async def check_health(self) -> None: ...


class PipelineTarget:
    """Writes, reads, checks and scores, as `serve.generation.Generator` does, and keeps it all."""

    def __init__(self, engine: ModelEngine, policy: BalancePolicy, timeout_s: float) -> None:
        self._engine, self._policy, self._timeout_s = engine, policy, timeout_s

    async def check(self) -> dict[str, str]:
        try:
            await self._engine.check_health()
        except EngineError as error:
            raise TargetDown(f"{error}; start it, or mend its address in the suite") from error
        return {}

    async def attempt(self, trial: Trial) -> Result:
        prompt = trial.arm.prompt
        if prompt is None:
            raise ValueError(f"{trial.arm.name} has no prompt: it is for a platform")
        request = completion_request(prompt, trial.brief, trial.seed, self._timeout_s)
        started_at, started = time.time(), time.perf_counter()
        try:
            completion = await self._engine.complete(request)
        except EngineError as error:
            duration_s = time.perf_counter() - started
            return unanswered(trial, str(error), started_at=started_at, duration_s=duration_s)
        # In a thread: the loop goes on reading other completions, and their times stay true.
        return await asyncio.to_thread(self._judged, trial, completion, started_at)

    def _judged(self, trial: Trial, completion: Completion, started_at: float) -> Result:
        checked = _read(trial, completion, self._policy)
        return answered(
            trial,
            checked,
            self._policy,
            started_at=started_at,
            duration_s=completion.duration_s,
            first_token_s=completion.first_token_s,
            prompt_tokens=completion.prompt_tokens,
            output_tokens=completion.output_tokens,
        )


def _read(trial: Trial, completion: Completion, policy: BalancePolicy) -> Checked:
    if completion.finish_reason != "stop":
        why = f"ended by {completion.finish_reason}"
        return Checked(None, None, (Violation(f"completion.{completion.finish_reason}", "", why),))
    scenario = trial.scenario
    return check_completion(
        completion.text, trial.brief.event_type, scenario.game_state, policy, scenario.locale
    )
