"""What a suite's results say: each arm's figures, and every arm against the baseline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evaluation.report.figures import figures
from evaluation.statistics.comparison import Comparison
from evaluation.statistics.many import compare_many
from evaluation.statistics.words import Sentence, verdict
from evaluation.suite.plan import Suite
from evaluation.suite.result import Result

Arms = Mapping[str, Sequence[Result]]
"""Results by arm."""


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything the report, the terminal and MLflow are told."""

    arms: Arms
    figures: Mapping[str, Mapping[str, float]]
    comparisons: Mapping[str, Comparison]
    """By arm, the baseline left out; empty for one arm or one scenario."""

    @property
    def verdicts(self) -> dict[str, Sentence]:
        """(ko, en) by arm."""
        return {name: verdict(one) for name, one in self.comparisons.items()}


def by_arm(suite: Suite, results: Sequence[Result]) -> dict[str, list[Result]]:
    """In the suite's order of arms, each in the order of scenario and repeat."""
    place = {scenario.id: number for number, scenario in enumerate(suite.dataset.scenarios)}
    ordered = sorted(results, key=lambda one: (one.repeat, place[one.scenario]))
    return {arm.name: [one for one in ordered if one.arm == arm.name] for arm in suite.arms}


def find(suite: Suite, results: Sequence[Result]) -> Findings:
    """The figures of every arm, and its comparison with the suite's baseline."""
    arms, config = by_arm(suite, results), suite.config
    found = {
        arm.name: figures(arms[arm.name], arm.target.prices, concurrency=config.concurrency)
        for arm in suite.arms
    }
    return Findings(arms, found, _compared(suite, arms, config.margin))


def _compared(suite: Suite, arms: Arms, margin: float) -> dict[str, Comparison]:
    baseline = suite.baseline.name
    candidates = {name: results for name, results in arms.items() if name != baseline}
    if not candidates or len(suite.dataset.scenarios) < 2:
        return {}
    return compare_many(arms[baseline], candidates, margin=margin)
