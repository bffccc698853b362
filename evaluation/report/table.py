"""The table of all trials, one row each: what a person sorts, filters and exports."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from evaluation.suite.result import Result
from serve.domain.event import Choice, Effects
from serve.quality import DIMENSIONS

COLUMNS = (
    "arm", "scenario", "repeat", "seed", "locale", "stage", "difficulty", "turn", "cash", "users",
    "trust", "infrastructure", "event_type", "outcome", "points", *DIMENSIONS, "severity", "title",
    "description", "choices", "reasons_ko", "reasons_en", "violations", "error", "source",
    "prompt_tokens", "output_tokens", "first_token_s", "duration_s", "started_at",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def table(results: Sequence[Result]) -> pd.DataFrame:
    """A row per trial under COLUMNS; what a trial lacks is missing (`points` are 0 without an event).

    Times in seconds, `cash` in won, points of 100 and of 25.
    """
    return pd.DataFrame([_row(result) for result in results], columns=list(COLUMNS))


def write_csv(results: Sequence[Result], path: Path) -> None:
    """The table as UTF-8 that a spreadsheet opens as such. Raises OSError.

    A text that a spreadsheet would take for a formula is marked as text by an apostrophe.
    """
    frame = table(results)
    frame.map(_plain).to_csv(path, index=False, encoding="utf-8-sig")


def _row(result: Result) -> dict[str, Any]:
    return {
        **_asked(result),
        **_written(result),
        **_judged(result),
        **_measured(result),
    }


def _asked(result: Result) -> dict[str, Any]:
    state = result.game_state
    return {
        "arm": result.arm,
        "scenario": result.scenario,
        "repeat": result.repeat,
        "seed": result.seed,
        "locale": result.locale.value,
        "stage": state.stage.value,
        "difficulty": state.difficulty.value,
        "turn": state.current_turn,
        "cash": state.cash,
        "users": state.users,
        "trust": state.trust,
        "infrastructure": ", ".join(state.infrastructure),
        "event_type": result.event_type.value,
    }


def _written(result: Result) -> dict[str, Any]:
    event = result.event
    if event is None:
        return {}
    return {
        "severity": event.severity.value,
        "title": event.title,
        "description": event.description,
        "choices": "\n".join(_choice(choice) for choice in event.choices),
    }


def _choice(choice: Choice) -> str:
    change = _effects(choice.effects) or "no change"
    return f"{choice.choice_id}) {choice.text} [{change}] → {choice.result_text}"


def _effects(change: Effects) -> str:
    """Signed, in won, people and points: `cash -50,000,000, trust +3, +RDS`; empty for none."""
    amounts = (
        ("cash", change.cash_delta),
        ("users", change.users_delta),
        ("trust", change.trust_delta),
    )
    parts = [f"{name} {amount:+,}" for name, amount in amounts if amount]
    parts += [f"+{name}" for name in change.add_infrastructure]
    parts += [f"-{name}" for name in change.remove_infrastructure]
    return ", ".join(parts)


def _judged(result: Result) -> dict[str, Any]:
    quality = result.quality
    judged: dict[str, Any] = {
        "outcome": result.outcome.value,
        "points": result.points,
        "violations": ", ".join(result.violations),
        "error": result.error,
    }
    if quality is None:
        return judged
    judged |= {name: getattr(quality, name) for name in DIMENSIONS}
    for language in ("ko", "en"):
        lines = [
            f"{one.points:g} {one.dimension}: {getattr(one, language)}" for one in quality.reasons
        ]
        judged[f"reasons_{language}"] = "\n".join(lines)
    return judged


def _measured(result: Result) -> dict[str, Any]:
    names = (
        "source", "prompt_tokens", "output_tokens", "first_token_s", "duration_s", "started_at",
    )  # fmt: skip
    return {name: getattr(result, name) for name in names}


def _plain(text: Any) -> Any:
    return f"'{text}" if isinstance(text, str) and text.startswith(_FORMULA) else text
