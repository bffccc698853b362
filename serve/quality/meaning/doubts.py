"""What the learnt heads doubt about an event, in points with reasons."""

from collections.abc import Iterator

import numpy as np

from serve.domain.event import GameEvent
from serve.domain.state import Locale
from serve.quality.claims import Loss
from serve.quality.meaning.evidence import OF_CHOICE, OF_EVENT, evidence
from serve.quality.meaning.heads import Floats, Question, heads
from serve.quality.reason import DECISIVE

_FIRST = 2.0
"""Points at the edge of doubt."""

_ASKED = {
    "type": (
        "eventType",
        "상황과 선택이 다른 유형의 이벤트처럼 읽힙니다.",
        "Reads like an event of another type.",
    ),
    "severity": (
        "severity",
        "글이 말하는 상황의 무게와 심각도가 어긋나 보입니다.",
        "The texts do not sound as grave, or as good, as this severity.",
    ),
    "description": (
        "description",
        "선택과 결과가 이 상황에서 이어지지 않아 보입니다.",
        "Choices and results do not seem to come from this situation.",
    ),
    "words": (
        "description",
        "처음 보는 글자 조합이 많아 제대로 된 문장인지 의심스럽습니다.",
        "Much of a text does not look like words.",
    ),
}
"""Of the whole event: (field, ko, en)."""
_ASKED_OF_CHOICE = {
    "text": (
        "text",
        "이 상황에서 나올 만한 선택으로 읽히지 않습니다.",
        "Does not read like an answer to this situation.",
    ),
    "result": (
        "resultText",
        "이 선택과 효과에서 나온 결과로 읽히지 않습니다.",
        "Does not read like the result of this choice and its effects.",
    ),
    "order": (
        "text",
        "다른 선택과 글이 뒤바뀐 듯합니다.",
        "Seems to have changed places with another choice.",
    ),
    "effects": (
        "effects",
        "글이 말하는 바와 효과의 방향이 달라 보입니다.",
        "The texts seem to tell of other effects than these.",
    ),
}


def doubts(event: GameEvent, locale: Locale) -> Iterator[Loss]:
    """The surest doubt first. Together they cost a good event its acceptance, never more: a model's
    suspicion alone calls for a person."""
    left = DECISIVE
    for points, field, ko, en in sorted(_all(event, locale), reverse=True):
        taken = min(points, left)
        left -= taken
        yield taken, field, ko, en


def _all(event: GameEvent, locale: Locale) -> Iterator[Loss]:
    """At most one loss per question: of the choice that is doubted most."""
    known = heads(locale)
    seen = evidence(event, locale, known)
    for name, told in _ASKED.items():
        question = known.questions[name]
        points = _points(question, answer(question, OF_EVENT, seen.event).item())
        if points:
            yield points, *told
    for name, (field, ko, en) in _ASKED_OF_CHOICE.items():
        question = known.questions[name]
        answers = answer(question, OF_CHOICE, seen.choices)
        worst = int(answers.argmax())
        points = _points(question, float(answers[worst]))
        if points:
            yield points, f"choices[{worst}].{field}", ko, en


def answer(question: Question, names: tuple[str, ...], values: Floats) -> Floats:
    """Log-odds of a defect; `values` are [..., names]."""
    used = [names.index(name) for name in question.evidence]
    return values[..., used] @ question.coefficients + np.float32(question.intercept)


def _points(question: Question, log_odds: float) -> float:
    certainty = (log_odds - question.doubtful) / (question.sure - question.doubtful)
    if certainty < 0:
        return 0.0
    return min(_FIRST + (DECISIVE - _FIRST) * certainty, DECISIVE)
