"""The report on a reviewed sample, as Markdown made from the reviews alone.

The same reviews give the same text: nothing of the clock or the machine goes in, and nothing of a
player, a reviewer's name or a note. Korean first, then English.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from evaluation.agreement import Estimate, estimate, first_mean
from evaluation.reviews import (
    COLUMNS,
    DIMENSIONS,
    Reviewed,
    count_reviewers,
    count_reviews,
    drawn,
    period,
)
from serve.review.checklist import CHECKLIST
from serve.review.item import Opinion

SAMPLE = 20
"""Events drawn by chance that decide a gate; with fewer it stays open."""
RELEASE_ABOVE = 80.0
ROLL_BACK_BELOW = 70.0
_RESAMPLES = 1000
_OPEN = "미정 undecided"
_NAMES = {
    "consistency": "일관성 consistency",
    "balance": "균형 balance",
    "fun": "재미 fun",
    "education": "교육 education",
    "total": "총점 total",
    Opinion.APPROVE: "승인 approve",
    Opinion.REVISE: "수정 revise",
    Opinion.REJECT: "거절 reject",
}
_MARKUP = str.maketrans({letter: f"\\{letter}" for letter in r"\`*_[]<>|#"})


def report(reviewed: Sequence[Reviewed], *, source: str, command: str, figure: str) -> str:
    """`source`: the input's name and digest; `command`: what made this; `figure`: its file name."""
    sections = (
        _header(reviewed, source, command),
        _gates(reviewed),
        _means(reviewed),
        [f"![사람의 총점과 자동 총점 · people's totals and automatic ones]({figure})"],
        _verdicts(reviewed),
        _checklist(reviewed),
        _events(reviewed),
    )
    return "\n\n".join("\n".join(section) for section in sections) + "\n"


def _header(reviewed: Sequence[Reviewed], source: str, command: str) -> Iterator[str]:
    (first, last), sample = period(reviewed), len(drawn(reviewed))
    yield "# 검토 보고서 · Review report\n"
    if sample < SAMPLE:
        yield (
            f"> **무작위로 뽑은 것이 {sample}개로 {SAMPLE}개에 못 미쳐 관문을 판정하지 않습니다.** "
            f"Only {sample} of {SAMPLE} events drawn by chance: no gate is decided.\n"
        )
    yield f"- 기간 · period: {first:%Y-%m-%d} ~ {last:%Y-%m-%d} (UTC)"
    yield (
        f"- 이벤트 · events: {len(reviewed)} (무작위 · drawn by chance {sample}, "
        f"채점기의 판정으로 · by the scorer's verdict {len(reviewed) - sample})"
    )
    yield f"- 검토 · reviews: {count_reviews(reviewed)}"
    yield f"- 검토자 · reviewers: {count_reviewers(reviewed)}"
    yield f"- 프롬프트 · prompt versions: {_listed(one.item.prompt_version for one in reviewed)}"
    yield f"- 모델 · models: {_listed(one.item.model for one in reviewed)}"
    yield f"- 입력 · input: {source}"
    yield f"- 만든 명령 · made by: `{command}` (손으로 고치지 않습니다 · never edited by hand)"


def _gates(reviewed: Sequence[Reviewed]) -> Iterator[str]:
    totals = [one.human("total") for one in drawn(reviewed)]
    mean = float(np.mean(totals)) if totals else float("nan")
    yield "## 관문 · Gates\n"
    yield "무작위로 뽑은 이벤트만 셉니다 · only events drawn by chance count.\n"
    yield "| 관문 · gate | 사람의 평균 · people's mean | 판정 · result |"
    yield "| --- | --- | --- |"
    for name, passed in (
        (f"출시: 평균 > {RELEASE_ABOVE:.0f} · release", mean > RELEASE_ABOVE),
        (f"되돌림 없음: 평균 ≥ {ROLL_BACK_BELOW:.0f} · no rollback", mean >= ROLL_BACK_BELOW),
    ):
        result = ("통과 pass" if passed else "**실패 fail**") if len(totals) >= SAMPLE else _OPEN
        yield f"| {name} | {f'{mean:.1f}' if totals else '-'} | {result} |"


def _means(reviewed: Sequence[Reviewed]) -> Iterator[str]:
    yield "## 차원별 평균 · Means per dimension\n"
    yield "검토한 모든 이벤트, 괄호는 95 % 구간 · every event reviewed, with 95 % intervals.\n"
    yield "| | 사람 · people | 자동 · automatic | 차이 · difference |"
    yield "| --- | --- | --- | --- |"
    for column in COLUMNS:
        people = float(np.mean([one.human(column) for one in reviewed]))
        machine = float(np.mean([getattr(one.item.quality, column) for one in reviewed]))
        yield (
            f"| {_NAMES[column]} | {people:.1f}{_interval(reviewed, column)} "
            f"| {machine:.1f} | {machine - people:+.1f} |"
        )


def _interval(reviewed: Sequence[Reviewed], column: str) -> str:
    groups = [np.array([[one.human(column), 0.0]]) for one in reviewed]
    found = estimate(first_mean, groups, resamples=_RESAMPLES, seed=0)
    return f" ({found.low:.1f} ~ {found.high:.1f})" if isinstance(found, Estimate) else ""


def _verdicts(reviewed: Sequence[Reviewed]) -> Iterator[str]:
    given = Counter(review.verdict for one in reviewed for review in one.reviews)
    yield "## 판정 · Verdicts\n"
    yield "| 판정 · verdict | 검토 · reviews | 비율 · share |"
    yield "| --- | --- | --- |"
    for opinion in Opinion:
        count = given[opinion]
        yield f"| {_NAMES[opinion]} | {count} | {count / given.total():.0%} |"


def _checklist(reviewed: Sequence[Reviewed]) -> Iterator[str]:
    answers = [review.checklist for one in reviewed for review in one.reviews]
    yield "## 점검표 · Checklist\n"
    yield "| 물음 · question | 예 · yes |"
    yield "| --- | --- |"
    for question in CHECKLIST:
        share = sum(given[question.id] for given in answers) / len(answers)
        yield f"| `{question.id}` {question.ko} · {question.en} | {share:.0%} |"


def _events(reviewed: Sequence[Reviewed]) -> Iterator[str]:
    yield "## 이벤트별 · Per event\n"
    yield (
        "| # | 제목 · title | 유형 · type | 단계 · stage | 일관성 | 균형 | 재미 | 교육 "
        "| 사람 총점 · total | 판정 · verdict | 자동 · automatic | 차이 · difference |"
    )
    yield "| --- " * 12 + "|"
    for number, one in enumerate(reviewed, 1):
        people, machine = one.human("total"), one.item.quality.total
        cells = (
            str(number),
            _text(one.item.event.title),
            one.item.event.event_type.value,
            one.item.game_state.stage.value,
            *(f"{one.human(column):.1f}" for column in DIMENSIONS),
            f"{people:.1f}",
            _opinions(one),
            f"{machine:.1f}",
            f"{machine - people:+.1f}",
        )
        yield f"| {' | '.join(cells)} |"


def _opinions(one: Reviewed) -> str:
    given = Counter(review.verdict for review in one.reviews)
    return ", ".join(f"{_NAMES[each]} {given[each]}" for each in Opinion if given[each])


def _listed(names: Iterator[str]) -> str:
    return ", ".join(sorted({_text(name) for name in names}))


def _text(text: str) -> str:
    """One line, its Markdown harmless."""
    return " ".join(text.split()).translate(_MARKUP)
