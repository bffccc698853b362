"""How an arm does at each stage of the game."""

from collections.abc import Sequence
from statistics import fmean

from evaluation.suite.result import Outcome, Result
from serve.domain.state import Stage

_GOOD = frozenset({Outcome.ACCEPT, Outcome.REVIEW})


def by_stage(results: Sequence[Result]) -> dict[str, float]:
    """`stage.<stage>.points`, the mean 0..100, and `stage.<stage>.servable`, the share 0..1, of
    every stage that was asked about."""
    figures: dict[str, float] = {}
    for stage in Stage:
        here = [one for one in results if one.game_state.stage is stage]
        if here:
            figures[f"stage.{stage}.points"] = fmean(one.points for one in here)
            figures[f"stage.{stage}.servable"] = fmean(one.outcome in _GOOD for one in here)
    return figures
