"""Results as files of a run: whole as JSON Lines, and as the table MLflow shows."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evaluation.suite.result import Result

RESULTS = "results.jsonl"
"""Complete, to be read again."""
TABLE = "events.json"
"""What a person sorts and filters; one row per trial."""

_POINTS = ("consistency", "balance", "fun", "education")
_COLUMNS = (
    "scenario", "repeat", "seed", "locale", "stage", "difficulty", "event_type", "outcome",
    "points", *_POINTS, "title", "description", "choices", "violations", "error", "source",
    "prompt_tokens", "output_tokens", "first_token_s", "duration_s",
)  # fmt: skip


def write_results(results: Sequence[Result], folder: Path) -> Path:
    """Writes `results.jsonl`; returns its path."""
    path = folder / RESULTS
    with path.open("w", encoding="utf-8") as lines:
        lines.writelines(f"{result.model_dump_json(by_alias=True)}\n" for result in results)
    return path


def read_results(path: Path) -> list[Result]:
    """What `write_results` wrote."""
    with path.open(encoding="utf-8") as lines:
        return [Result.model_validate_json(line) for line in lines if line.strip()]


def table(results: Sequence[Result]) -> dict[str, Any]:
    """`{columns, data}`, the form in which MLflow keeps tables."""
    return {"columns": list(_COLUMNS), "data": [_row(result) for result in results]}


def _row(result: Result) -> list[Any]:
    event, quality, state = result.event, result.quality, result.game_state
    known: dict[str, Any] = result.model_dump(mode="json") | {
        "stage": state.stage.value,
        "difficulty": state.difficulty.value,
        "points": result.points,
        "violations": ", ".join(result.violations),
        "title": event.title if event else None,
        "description": event.description if event else None,
        "choices": "\n".join(choice.text for choice in event.choices) if event else None,
    }
    known |= {name: getattr(quality, name) if quality else None for name in _POINTS}
    return [known[column] for column in _COLUMNS]
