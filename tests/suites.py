"""Suites the tests run: small ones, and targets that answer at once."""

import asyncio
from pathlib import Path
from typing import Any

import yaml
from fakes import GOOD_DRAFT
from samples import POLICY

from evaluation.suite.plan import Suite, Trial, read_plan
from evaluation.suite.result import Result
from evaluation.suite.target import answered, unanswered
from serve.domain.balance import resolve
from serve.domain.event import EventDraft
from serve.generation import Checked

TABLE: dict[str, Any] = {
    "name": "quick",
    "dataset": "smoke",
    "scenarios": 4,
    "repeats": 2,
    "prompts": ["compact"],
    "models": {"bundled": None},
    "sampling": {"default": {}, "cold": {"temperature": 0.2}},
}


def suite(folder: Path, **changes: Any) -> Suite:
    """A suite of 16 trials; changes overwrite its table."""
    path = folder / "quick.yaml"
    path.write_text(yaml.safe_dump(TABLE | changes, sort_keys=False), "utf-8")
    return read_plan(path)


class ReadyTarget:
    """Answers every trial with the same good draft, after `delay_s` seconds; from `gone_after`
    attempts on with failures."""

    def __init__(self, delay_s: float = 0.0, gone_after: int | None = None) -> None:
        self.delay_s, self.gone_after = delay_s, gone_after
        self.attempts = list[Trial]()
        self.busy = self.busiest = 0

    async def check(self) -> dict[str, str]:
        return {}

    async def attempt(self, trial: Trial) -> Result:
        self.attempts.append(trial)
        number = len(self.attempts)
        self.busy += 1
        self.busiest = max(self.busy, self.busiest)
        await asyncio.sleep(self.delay_s)
        self.busy -= 1
        if self.gone_after is not None and number > self.gone_after:
            return unanswered(trial, "gone", started_at=0, duration_s=0.1)
        draft = EventDraft.model_validate(GOOD_DRAFT)
        kind, state = trial.brief.event_type, trial.scenario.game_state
        event = resolve(draft, kind, state, POLICY, event_id="draft", seed="draft")
        return answered(trial, Checked(draft, event, ()), POLICY, started_at=1.0, duration_s=0.5)
