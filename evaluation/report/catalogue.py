"""Every figure of an arm: its name as a metric, its unit, what it is called, which way is better."""

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple


class Unit(StrEnum):
    COUNT = "count"
    POINTS = "points"
    """Of the rubric: 0..100 in all, 0..25 a dimension."""
    SHARE = "share"
    """0..1."""
    SECONDS = "s"
    TOKENS = "tokens"
    RATE = "tokens/s"
    MONEY = "money"
    """In the currency of the prices."""


class Described(NamedTuple):
    """One figure; `better` is 1 where more is better, -1 where less is, 0 where neither."""

    name: str
    unit: Unit
    ko: str
    en: str
    better: int = 0


class Section(NamedTuple):
    """Figures that are read together."""

    ko: str
    en: str
    figures: tuple[Described, ...]


_QUALITY = Section(
    "품질 (이벤트가 못 된 것은 0점)",
    "Quality (what is no event has 0)",
    (
        Described("quality.total.mean", Unit.POINTS, "총점 평균", "total, mean", 1),
        Described("quality.total.median", Unit.POINTS, "총점 중앙값", "total, median", 1),
        Described("quality.total.p10", Unit.POINTS, "총점 하위 10 %", "total, 10th percentile", 1),
        Described("quality.consistency.mean", Unit.POINTS, "일관성 평균", "consistency, mean", 1),
        Described("quality.balance.mean", Unit.POINTS, "균형 평균", "balance, mean", 1),
        Described("quality.fun.mean", Unit.POINTS, "재미 평균", "fun, mean", 1),
        Described("quality.education.mean", Unit.POINTS, "교육 평균", "education, mean", 1),
    ),
)
_OUTCOMES = Section(
    "결과",
    "Outcomes",
    (
        Described("n", Unit.COUNT, "시도", "trials"),
        Described("share.served", Unit.SHARE, "제공 (승인+검토)", "served (accept + review)", 1),
        Described("share.accept", Unit.SHARE, "승인", "accepted", 1),
        Described("share.review", Unit.SHARE, "제공하고 검토", "served, to be reviewed"),
        Described("share.discard", Unit.SHARE, "점수 미달로 버림", "discarded for its points", -1),
        Described("share.invalid", Unit.SHARE, "규칙 위반", "broke a rule", -1),
        Described("share.failed", Unit.SHARE, "응답 없음", "no answer", -1),
    ),
)
_DIVERSITY = Section(
    "다양성 (이벤트 사이)",
    "Diversity (between events)",
    (
        Described("diversity.distinct_1", Unit.SHARE, "서로 다른 단어", "distinct words", 1),
        Described(
            "diversity.distinct_2", Unit.SHARE, "서로 다른 단어 쌍", "distinct word pairs", 1
        ),
        Described(
            "diversity.distinct_char_3",
            Unit.SHARE,
            "서로 다른 세 글자",
            "distinct character triples",
            1,
        ),
        Described("diversity.self_similarity", Unit.SHARE, "서로 닮은 정도", "self-similarity", -1),
        Described(
            "diversity.near_duplicates", Unit.SHARE, "거의 같은 이벤트", "near-duplicates", -1
        ),
    ),
)
_SPEED = Section(
    "속도와 토큰 (응답이 온 시도)",
    "Speed and tokens (trials that were answered)",
    (
        Described("latency.p50_s", Unit.SECONDS, "지연 p50", "latency p50", -1),
        Described("latency.p95_s", Unit.SECONDS, "지연 p95", "latency p95", -1),
        Described("latency.p99_s", Unit.SECONDS, "지연 p99", "latency p99", -1),
        Described("first_token.p50_s", Unit.SECONDS, "첫 토큰 p50", "first token p50", -1),
        Described("first_token.p95_s", Unit.SECONDS, "첫 토큰 p95", "first token p95", -1),
        Described("tokens.input_per_event", Unit.TOKENS, "이벤트당 입력", "input per event", -1),
        Described("tokens.output_per_event", Unit.TOKENS, "이벤트당 출력", "output per event", -1),
        Described("tokens.output_per_s", Unit.RATE, "생성 속도", "speed of one generation", 1),
    ),
)
_COST = Section(
    "비용",
    "Cost",
    (
        Described("cost.per_1000_asked", Unit.MONEY, "요청 1,000건", "per 1,000 asked for", -1),
        Described("cost.per_1000_served", Unit.MONEY, "제공 1,000건", "per 1,000 served", -1),
    ),
)
SECTIONS = (_QUALITY, _OUTCOMES, _DIVERSITY, _SPEED, _COST)
FIGURES = {figure.name: figure for section in SECTIONS for figure in section.figures}
"""Every figure with a fixed name. `violations.<rule>`, a count of trials, comes besides."""


_WRITTEN: dict[Unit, Callable[[float], str]] = {
    Unit.COUNT: "{:,.0f}".format,
    Unit.POINTS: "{:.1f}".format,
    Unit.SHARE: lambda share: f"{share * 100:.1f} %",
    Unit.SECONDS: "{:.2f} s".format,
    Unit.TOKENS: "{:,.0f}".format,
    Unit.RATE: "{:,.0f} /s".format,
    Unit.MONEY: lambda amount: f"{amount:,.2f}" if amount >= 1 else f"{amount:.2g}",
}


def shown(figure: Described, value: float) -> str:
    """The value as a person reads it, with its unit where that is not its name's to tell."""
    return _WRITTEN[figure.unit](value)
