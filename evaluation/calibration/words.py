"""What a comparison means, in sentences: Korean first, then English."""

from evaluation.agreement import Estimate, Missing
from evaluation.calibration.claim import HALF_WIDTH, Row, more_items, shortcomings
from evaluation.calibration.comparison import Comparison

_NAMES = {
    "scorer": ("자동 점수", "the scorer"),
    "judge": ("심사 모델", "the judge"),
    "reviewers": ("검토자끼리", "reviewers among each other"),
}


def title(comparison: Comparison) -> str:
    return " · ".join(_NAMES[comparison.rater])


def figure(value: Estimate | Missing | None) -> str:
    """A measure with its interval, or why there is none."""
    if value is None:
        return "-"
    if isinstance(value, Missing):
        return f"계산할 수 없음: {value.ko}\ncannot be computed: {value.en}"
    return f"{value.value:.2f} ({value.low:.2f} ~ {value.high:.2f})"


def verdict(comparison: Comparison) -> tuple[str, ...]:
    """The claim and the corrections it allows, or what is missing for one."""
    if comparison.rater == "reviewers":
        return (
            "사람끼리의 일치도입니다. 어떤 채점기도 한 사람의 판정과 이보다 잘 맞기는 어렵습니다.",
            "How far people agree: hardly any scorer can agree better with one of them.",
        )
    ko, en = _NAMES[comparison.rater]
    if comparison.calibrated:
        return (
            f"{ko}: 사람의 판정에 맞게 보정되어 있습니다.",
            f"{en}: calibrated against people.",
            *_corrections(comparison),
        )
    because = tuple(shortcomings(comparison.total))
    return (
        f"{ko}: 보정되었다고 말할 수 없습니다. {' '.join(one for one, _ in because)}",
        f"{en}: calibration is not claimed: {' '.join(one for _, one in because)}",
        *_still_needed(comparison.total),
    )


def _corrections(comparison: Comparison) -> tuple[str, ...]:
    return tuple(
        f"{column}: {points:+.1f}점을 더하기를 권합니다. · add {points:+.1f} points."
        for column, points in comparison.corrections.items()
    ) or ("고칠 만한 치우침이 없습니다. · no bias worth a correction.",)


def _still_needed(row: Row) -> tuple[str, str]:
    more = more_items(row)
    if more is None:
        return (
            "몇 개를 더 검토해야 하는지 아직 알 수 없습니다. 좋은 글과 나쁜 글을 함께 검토하세요.",
            "How many more are needed cannot be told yet: review good events and bad ones.",
        )
    if more == 0:
        return (
            "검토는 충분합니다. 더 검토해도 달라지지 않으니 채점 기준을 고쳐야 합니다.",
            "There are enough reviews; what must change is the scoring.",
        )
    return (
        f"총점의 카파와 순위 상관이 ±{HALF_WIDTH}에 들려면 항목 {more}개를 더 검토해야 합니다.",
        f"{more} more items to review for the total's kappa and Spearman within ±{HALF_WIDTH}.",
    )
