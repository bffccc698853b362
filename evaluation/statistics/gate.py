"""Whether a pipeline may go on."""

from typing import Literal

from evaluation.statistics.comparison import Comparison
from evaluation.statistics.verdict import Verdict

FailIf = Literal["worse", "unclear", "not-better"]

_FAILING: dict[FailIf, set[Verdict]] = {
    "worse": {Verdict.WORSE},
    "unclear": {Verdict.WORSE, Verdict.UNCLEAR},
    "not-better": {Verdict.WORSE, Verdict.UNCLEAR, Verdict.EQUIVALENT},
}


def gate(comparison: Comparison, fail_if: FailIf) -> bool:
    """Whether the comparison passes.

    `worse` fails what is shown to be worse; `unclear` also what might be, for all that is known;
    `not-better` all that is not shown to be better.
    """
    return comparison.verdict not in _FAILING[fail_if]
