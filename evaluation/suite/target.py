"""The port every target keeps to."""

from typing import Any, Protocol

from evaluation.suite.plan import Trial
from evaluation.suite.result import Outcome, Result
from serve.domain.balance import BalancePolicy
from serve.errors import EventsmithError
from serve.generation import Checked
from serve.quality import score


class TargetDown(EventsmithError):
    """The target does not answer at all; nothing was generated."""

    retryable = True


class Target(Protocol):
    """Answers trials. What goes wrong with one trial is a result, never an error."""

    async def check(self) -> dict[str, str]:
        """What it says of itself. Raises TargetDown with the cure when it cannot be asked."""
        ...

    async def attempt(self, trial: Trial) -> Result: ...


def unanswered(trial: Trial, error: str, *, started_at: float, duration_s: float) -> Result:
    """The result of a trial that got no answer, and why."""
    outcome = Outcome.FAILED
    return _result(
        trial, outcome=outcome, error=error, started_at=started_at, duration_s=duration_s
    )


def answered(trial: Trial, checked: Checked, policy: BalancePolicy, **measured: Any) -> Result:
    """The result of a trial whose answer was read and checked; `measured` are more fields of it."""
    _, event, broken = checked
    state, locale = trial.scenario.game_state, trial.scenario.locale
    quality = score(event, state, policy, locale) if event else None
    return _result(
        trial,
        outcome=Outcome.INVALID if quality is None or broken else Outcome(quality.verdict),
        violations=tuple(dict.fromkeys(one.rule for one in broken)),
        error=f"{broken[0].field}: {broken[0].message}".removeprefix(": ") if broken else "",
        event=event,
        draft=checked.draft,
        quality=quality,
        **measured,
    )


def _result(trial: Trial, **fields: Any) -> Result:
    about: dict[str, Any] = {
        "arm": trial.arm.name,
        "scenario": trial.scenario.id,
        "repeat": trial.repeat,
        "seed": trial.seed,
        "game_state": trial.scenario.game_state,
        "locale": trial.scenario.locale,
        "event_type": trial.brief.event_type,
    }
    return Result(**about | fields)
