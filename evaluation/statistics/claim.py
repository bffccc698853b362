"""The claim a comparison makes of quality, in a sentence: (ko, en)."""

from evaluation.statistics.comparison import Comparison
from evaluation.statistics.figures import KO, points, signed, span
from evaluation.statistics.verdict import LEAST_SCENARIOS, Verdict

Sentence = tuple[str, str]


def claim(comparison: Comparison) -> Sentence:
    """Who is better and by how much, or why that cannot be said."""
    if not comparison.candidate.usable:
        return _without_events(comparison)
    if comparison.scenarios < LEAST_SCENARIOS:
        number, least = comparison.scenarios, LEAST_SCENARIOS
        return (
            f"자료가 너무 적습니다: 짝지은 시나리오가 {number}개인데 적어도 {least}개가 필요합니다.",
            f"too little data: {number} paired scenarios, and at least {least} are needed",
        )
    if comparison.verdict is Verdict.EQUIVALENT:
        return _equivalent(comparison)
    return _unclear(comparison) if comparison.verdict is Verdict.UNCLEAR else _shown(comparison)


def labels(comparison: Comparison) -> tuple[str, str]:
    """Names of (baseline, candidate), shortened to the parts in which they differ."""
    left, right = comparison.baseline.name, comparison.candidate.name
    if left == right:
        return "baseline", "candidate"
    if left.count("/") != right.count("/"):
        return left, right
    parts = zip(left.split("/"), right.split("/"), strict=True)
    differing = [(one, other) for one, other in parts if one != other]
    return "/".join(one for one, _ in differing), "/".join(other for _, other in differing)


def _without_events(comparison: Comparison) -> Sentence:
    baseline, candidate = labels(comparison)
    if not comparison.baseline.usable:
        return (
            f"{candidate}, {baseline}: 양쪽 다 쓸 수 있는 이벤트가 하나도 없어 견줄 수 없습니다.",
            f"neither {candidate} nor {baseline} gave a usable event: there is nothing to compare",
        )
    trials = comparison.candidate.trials
    return (
        f"{candidate}: {baseline}보다 못합니다. {trials}번 가운데 쓸 수 있는 이벤트가 하나도 없습니다.",
        f"{candidate} is worse than {baseline}: none of its {trials} trials gave a usable event",
    )


def _shown(comparison: Comparison) -> Sentence:
    baseline, candidate = labels(comparison)
    size, better = points(abs(comparison.points.value)), comparison.verdict is Verdict.BETTER
    ko, en = _evidence(comparison, sign=False)
    beats = "beats" if better else "is worse than"
    return (
        f"{candidate}: {baseline}보다 {size}점 {'높습니다' if better else '낮습니다'} ({ko}).",
        f"{candidate} {beats} {baseline} by {size} points, {en}",
    )


def _equivalent(comparison: Comparison) -> Sentence:
    baseline, candidate = labels(comparison)
    margin, found = points(comparison.margin), signed(comparison.points.value)
    ko, en = _evidence(comparison)
    return (
        f"{candidate}, {baseline}: 차이가 있더라도 {margin}점 안쪽입니다 ({found}점, {ko}).",
        f"{candidate} is as good as {baseline} to within {margin} points: {found} points, {en}",
    )


def _unclear(comparison: Comparison) -> Sentence:
    baseline, candidate = labels(comparison)
    found = signed(comparison.points.value)
    ko, en = _evidence(comparison)
    if comparison.points.low > 0 or comparison.points.high < 0:
        ko += f"; 구간은 0을 벗어나지만 순열 검정의 p가 {comparison.p:.2f}"
        en += f"; its interval leaves out zero, but a permutation test has p = {comparison.p:.2f}"
    return (
        f"차이를 보이지 못했습니다: {candidate} 빼기 {baseline}, {found}점 ({ko}).",
        f"no difference shown: {candidate} minus {baseline} is {found} points, {en}",
    )


def _evidence(comparison: Comparison, *, sign: bool = True) -> Sentence:
    """The interval and what it rests on."""
    found, number, on = comparison.points, comparison.candidates, comparison.scenarios
    ko = f"95 % 구간 {span(found, sign=sign, to=KO)}"
    en = f"95 % CI {span(found, sign=sign)}"
    if comparison.sd == 0:
        ko, en = "모든 시나리오에서 같은 차이", "the same in every scenario"
    elif number > 1:
        ko, en = f"후보 {number}개를 함께 본 {ko}", f"{en} (simultaneous for {number} candidates)"
    return f"{ko}, 짝지은 시나리오 {on}개", f"{en}, on {on} paired scenarios"
