"""What the page calls things, in both languages."""

from typing import NamedTuple


class Said(NamedTuple):
    """One statement in both languages."""

    ko: str
    en: str


OUTCOMES = {
    "accept": Said("승인", "accepted"),
    "review": Said("제공·검토", "served, to review"),
    "discard": Said("버림", "discarded"),
    "invalid": Said("규칙 위반", "invalid"),
    "failed": Said("응답 없음", "no answer"),
}
STAGES = {
    "early": Said("초기", "early"),
    "growth": Said("성장기", "growth"),
    "expansion": Said("확장기", "expansion"),
    "scale-up": Said("스케일업", "scale-up"),
    "ipo-prep": Said("상장 준비", "IPO prep"),
}
TYPES = {
    "MARKET_OPPORTUNITY": Said("시장 기회", "market"),
    "COMPETITOR_ACTION": Said("경쟁사", "competitor"),
    "INFRASTRUCTURE_CRISIS": Said("인프라 위기", "infrastructure crisis"),
    "TEAM_EVENT": Said("팀", "team"),
    "FUNDING_OPPORTUNITY": Said("투자", "funding"),
}
DIFFICULTIES = {
    "EASY": Said("쉬움", "easy"),
    "NORMAL": Said("보통", "normal"),
    "HARD": Said("어려움", "hard"),
}
DIMENSIONS = {
    "consistency": Said("일관성", "consistency"),
    "balance": Said("균형", "balance"),
    "fun": Said("재미", "fun"),
    "education": Said("교육", "education"),
    "rules": Said("규칙", "rules"),
}
PLOTS = {
    "quality": Said(
        "총점의 분포. 상자는 가운데 절반, 마름모는 평균입니다. 60점 아래는 버리고 80점부터 "
        "승인합니다. 이벤트가 못 된 시도는 0점입니다.",
        "Total points. The box holds the middle half, the diamond is the mean; below 60 is discarded, "
        "80 and over accepted; what is no event has 0.",
    ),
    "differences": Said(
        "같은 시나리오에서 기준과의 점수 차이. 초록 선은 평균, 띠는 95 % 구간입니다.",
        "Difference to the baseline on the same scenario. Green: the mean, with its 95 % interval "
        "where one is known.",
    ),
    "dimensions": Said("차원별 점수 (25점 만점).", "Points per dimension, of 25."),
    "stages": Said("게임 단계별 평균 총점.", "Mean total points by stage of the game."),
    "latency": Said(
        "지연: 응답 가운데 그 시간 안에 온 비율.",
        "Latency: the share of answers that came in time.",
    ),
    "violations": Said("어긴 규칙과 그 비율.", "Rules broken, and how often."),
}


def won(amount: int) -> Said:
    """Signed won in each reader's own units: +6,000만원, +₩60M."""
    sign, size = ("−" if amount < 0 else "+"), abs(amount)
    eok, rest = divmod(size, 100_000_000)
    man, ones = divmod(rest, 10_000)
    parts = [f"{eok:,}억"] * (eok > 0) + [f"{man:,}만"] * (man > 0)
    if ones or not parts:
        parts.append(f"{ones:,}")
    english = f"{size / 1e6:,.10g}M" if size >= 1_000_000 else f"{size:,}"
    return Said(f"{sign}{' '.join(parts)}원", f"{sign}₩{english}")


def signed(amount: int) -> str:
    return f"{'−' if amount < 0 else '+'}{abs(amount):,}"
