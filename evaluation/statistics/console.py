"""A comparison on the terminal: the verdict, a table of all measures, and repeat stability."""

from collections.abc import Mapping

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evaluation.statistics.claim import labels
from evaluation.statistics.comparison import Comparison, Finding
from evaluation.statistics.figures import change, mean, points
from evaluation.statistics.verdict import Verdict
from evaluation.statistics.words import VERDICTS, stability, verdict

_NAMES = {
    "points": "품질 점수 quality, points",
    "consistency": "일관성 consistency, points",
    "balance": "균형 balance, points",
    "fun": "재미 fun, points",
    "education": "교육 education, points",
    "accepted": "합격 accepted",
    "served": "내보냄 served",
    "failed": "실패·무효 failed or invalid",
    "latency": "지연 시간 latency",
    "first_token": "첫 토큰 time to first token",
    "output_tokens": "출력 토큰 output tokens",
}
_COLOURS = {
    Verdict.BETTER: "green",
    Verdict.WORSE: "red",
    Verdict.EQUIVALENT: "blue",
    Verdict.UNCLEAR: "yellow",
}


def print_comparison(console: Console, comparison: Comparison) -> None:
    """Verdict first, in Korean and English; then the figures it rests on."""
    for sentence in verdict(comparison):
        console.print(escape(sentence), style=f"bold {_COLOURS[comparison.verdict]}")
    console.print(_table(comparison))
    for line in (_effect(comparison), _pairing(comparison)):
        console.print(escape(line))
    for arm in dict.fromkeys((comparison.baseline, comparison.candidate)):
        for sentence in stability(arm):
            console.print(escape(sentence))


def print_comparisons(console: Console, comparisons: Mapping[str, Comparison]) -> None:
    """Several candidates, best first; a rule with the candidate's name above each."""
    ordered = sorted(comparisons.items(), key=lambda one: -one[1].points.value)
    for name, comparison in ordered:
        console.rule(escape(name))
        print_comparison(console, comparison)


def _table(comparison: Comparison) -> Table:
    baseline, candidate = (escape(name) for name in labels(comparison))
    table = Table()
    table.add_column("")
    for heading in ("n", baseline, candidate, "차이 change (95 %)"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for finding in comparison.findings:
        table.add_row(*_row(finding))
    return table


def _row(finding: Finding) -> tuple[str, ...]:
    ko, en = VERDICTS[finding.verdict]
    return (
        _NAMES[finding.measure.name],
        str(finding.scenarios),
        mean(finding, finding.baseline),
        mean(finding, finding.candidate),
        change(finding),
        f"[{_COLOURS[finding.verdict]}]{ko} {en}[/]",
    )


def _effect(comparison: Comparison) -> str:
    dz, wins = comparison.effect
    size = "-" if dz is None else f"{dz.value:+.2f} ({dz.low:+.2f}..{dz.high:+.2f})"
    often = f"{100 * wins.value:.0f} % ({100 * wins.low:.0f}..{100 * wins.high:.0f})"
    p = "p < 0.001" if comparison.p < 0.001 else f"p = {comparison.p:.3f}"
    return f"효과 크기 effect size dz {size} · 이긴 비율 wins {often} · {p}"


def _pairing(comparison: Comparison) -> str:
    left, right = comparison.baseline.unpaired, comparison.candidate.unpaired
    found = (
        f"짝 pairs: {comparison.trials:,} · 시나리오 scenarios: {comparison.scenarios:,}"
        f" · 표준편차 SD: {points(comparison.sd)}"
    )
    if not left + right:
        return found
    return f"{found} · 짝이 없어 뺌 left out, unpaired: baseline {left:,}, candidate {right:,}"
