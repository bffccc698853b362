"""What a comparison means, in sentences: (ko, en)."""

from evaluation.statistics.claim import Sentence, claim
from evaluation.statistics.comparison import Arm, Comparison, Finding
from evaluation.statistics.figures import KO, percent, points, span
from evaluation.statistics.verdict import LEAST_SCENARIOS, Verdict

VERDICTS: dict[Verdict, Sentence] = {
    Verdict.BETTER: ("나음", "better"),
    Verdict.WORSE: ("못함", "worse"),
    Verdict.EQUIVALENT: ("같음", "unchanged"),
    Verdict.UNCLEAR: ("알 수 없음", "not known"),
}


def verdict(comparison: Comparison) -> Sentence:
    """The whole in a line: the claim, then the latency, then what could have been found."""
    parts = [claim(comparison)]
    if comparison.scenarios >= LEAST_SCENARIOS and comparison.candidate.usable:
        parts += [latency(comparison.finding("latency")), *_power(comparison)]
    return " ".join(ko for ko, _ in parts), "; ".join(en for _, en in parts)


def latency(finding: Finding) -> Sentence:
    """Whether it is the same, lower or higher, or simply not known."""
    if finding.change is None or finding.scenarios < LEAST_SCENARIOS:
        number = finding.scenarios
        return (
            f"지연 시간을 잰 시나리오가 {number}개뿐이라 알 수 없습니다.",
            f"latency not known, measured in {number} scenarios",
        )
    shown = percent(finding.change)
    if finding.verdict is Verdict.EQUIVALENT:
        return "지연 시간은 그대로입니다.", "latency unchanged"
    if finding.verdict is Verdict.UNCLEAR:
        return (
            f"지연 시간은 아직 잘 모릅니다 (변화의 95 % 구간 {span(shown, to=KO)} %).",
            f"latency not known well enough (95 % CI of the change {span(shown)} %)",
        )
    size, higher = f"{abs(shown.value):.0f} %", finding.verdict is Verdict.WORSE
    ko, en = span(shown, sign=False, to=KO), span(shown, sign=False)
    return (
        f"지연 시간은 {size} {'늘었습니다' if higher else '줄었습니다'} (95 % 구간 {ko} %).",
        f"latency {size} {'higher' if higher else 'lower'} (95 % CI {en} %)",
    )


def stability(arm: Arm) -> Sentence:
    """How far repeats of a scenario differ."""
    found = arm.stability
    if found.spread is None:
        return (
            f"{arm.name}: 시나리오마다 한 번씩만 물어 반복 안정성을 알 수 없습니다.",
            f"{arm.name}: every scenario was asked once, so repeats cannot be compared.",
        )
    icc = "" if found.icc is None else f" (ICC {found.icc:.2f})"
    return (
        f"{arm.name}: 같은 시나리오를 다시 물으면 ±{points(found.spread)}점 달라집니다{icc}.",
        f"{arm.name}: repeats of the same scenario differ by ±{points(found.spread)} points{icc}.",
    )


def _power(comparison: Comparison) -> list[Sentence]:
    size, needed = comparison.detectable, comparison.needed
    if size is None:
        return []
    found = (
        f"이 평가는 {points(size)}점 차이를 0.8의 확률로 찾아냅니다.",
        f"this suite would detect {points(size)} points with probability 0.8",
    )
    if comparison.verdict is not Verdict.UNCLEAR or not needed or needed <= comparison.scenarios:
        return [found]
    margin = points(comparison.margin)
    more = (
        f"{margin}점을 그렇게 찾아내려면 시나리오 {needed:,}개가 필요합니다.",
        f"{margin} points would take {needed:,} scenarios",
    )
    return [found, more]
