"""What may be claimed from one column, and how many more reviews a claim would take.

A claim needs enough items, a narrow interval and agreement that is more than fair: the interval's
low end must reach `LEAST_AGREEMENT`. Without all three nothing is claimed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from evaluation.agreement import Estimate, Missing

LEAST_ITEMS = 50
"""Distinct items. Few that all agree give an interval without width; of 50, under 6 % may differ."""
HALF_WIDTH = 0.1
"""Of kappa: the widest interval a claim may rest on."""
LEAST_AGREEMENT = 0.4
"""Where "moderate" begins (Landis and Koch, 1977)."""


@dataclass(frozen=True, slots=True)
class Row:
    """How one column agrees; `bias` is rater minus people, in points, absent between reviewers."""

    column: str
    kappa: Estimate | Missing
    spearman: Estimate | Missing
    bias: Estimate | Missing | None

    @property
    def calibrated(self) -> bool:
        return not tuple(shortcomings(self))

    @property
    def correction(self) -> float | None:
        """Points to add; None unless calibrated and the bias is surely not zero."""
        if not self.calibrated or not isinstance(self.bias, Estimate):
            return None
        return None if self.bias.low <= 0 <= self.bias.high else -self.bias.value


def shortcomings(row: Row) -> Iterator[tuple[str, str]]:
    """(ko, en) of everything that forbids a claim of calibration."""
    items = row.kappa.items
    if items < LEAST_ITEMS:
        yield (
            f"서로 다른 항목이 {items}개뿐입니다. 적어도 {LEAST_ITEMS}개가 필요합니다.",
            f"only {items} distinct items; at least {LEAST_ITEMS} are needed.",
        )
    if isinstance(row.kappa, Missing):
        yield (
            f"카파를 계산할 수 없습니다: {row.kappa.ko}.",
            f"kappa cannot be computed: {row.kappa.en}.",
        )
        return
    if row.kappa.half_width > HALF_WIDTH:
        yield (
            f"카파 구간이 ±{row.kappa.half_width:.2f}로 ±{HALF_WIDTH}보다 넓습니다.",
            f"kappa's interval of ±{row.kappa.half_width:.2f} is wider than ±{HALF_WIDTH}.",
        )
    if row.kappa.low < LEAST_AGREEMENT:
        yield (
            f"카파 구간의 아래끝 {row.kappa.low:.2f}이(가) {LEAST_AGREEMENT}에 못 미칩니다.",
            f"kappa's interval starts at {row.kappa.low:.2f}, below {LEAST_AGREEMENT}.",
        )


def more_items(row: Row) -> int | None:
    """Items to review on top of these for kappa and Spearman within ±0.1, and for the least number.

    None when one of them cannot be computed, so that nobody can tell.
    """
    needed = [LEAST_ITEMS]
    for figure in (row.kappa, row.spearman):
        if isinstance(figure, Missing):
            return None
        needed.append(figure.items_for(HALF_WIDTH))
    return max(max(needed) - row.kappa.items, 0)
