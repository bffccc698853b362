"""An execution of a suite to log, small and always the same."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evaluation_samples import results, state

from evaluation.dataset.scenario import Scenario
from evaluation.suite.result import Result
from evaluation.tracking import ArmLog, DatasetLog, SuiteLog

ARMS = ("ko-v3/small/t0.7", "짧게/small/t0.7")
BEGUN = 1_900_000_000.0
"""Unix time of the first trial, seconds."""


def trials(arm: str, count: int, failed: float = 0.3) -> list[Result]:
    """The first `count` results of an arm, three in ten without an answer."""
    return results(arm, count, worse=0.2, failed=failed, started_at=BEGUN)


def scenarios(count: int) -> list[Scenario]:
    """The states those trials are about."""
    players = ((f"s{number:03}", *state(number)) for number in range(count))
    return [Scenario(id=name, game_state=player, locale=locale) for name, player, locale in players]


def suite_log(
    folder: Path | None = None, *, execution: str = "smoke-1", count: int = 10, **changes: Any
) -> SuiteLog:
    arms = [arm_log(name, trials(name, count)) for name in ARMS]
    dataset = DatasetLog("core", "0123456789abcdef0123456789abcdef", scenarios(count))
    fields: dict[str, Any] = {
        "execution": execution,
        "suite": "smoke",
        "dataset": dataset,
        "arms": arms,
        "context": {"git.commit": "c0ffee", "git.dirty": "false", "seed": "7"},
        "artifacts": folder,
        "traces": 4,
    }
    return SuiteLog(**(fields | changes))


def arm_log(name: str, results: Sequence[Result]) -> ArmLog:
    return ArmLog(
        name,
        results,
        params={"temperature": "0.7", "variant": name.partition("/")[0]},
        figures={"quality.mean": 81.5, "latency.p99": float("nan")},
        tags={"model": "small", "promptVersion": "v3"},
        prompt="이 회사에 일어날 일을 쓰세요.",
    )
