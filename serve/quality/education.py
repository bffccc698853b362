"""Education: a cloud idea that appears, fits the situation and is explained; names alone teach nothing."""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from serve.domain.event import GameEvent
from serve.domain.state import Locale
from serve.quality.lexicon import table, words
from serve.quality.reason import FULL, Reason

_APPEARS, _FITS, _EXPLAINED, _LIVED = 6.0, 6.0, 9.0, 4.0
"""Points for one idea: it is there, the situation asks for it, a why is given, a choice turns on it."""
_CAUSE = {
    Locale.KO: re.compile(
        r"때문|덕에|덕분|그래서|므로|니까|해야|어야|아야|하려면|려면|없으면|으면|면 |라서|어서|아서|만큼|때마다|수 있|대신|"
        r"위해|탓에|바람에|려고|도록|는데|지만|채로|않으면"
    ),
    Locale.EN: re.compile(
        r"\b(?:because|so that|so|since|without|unless|if|when|means?|needs?|must|every|only|but|costs?|"
        r"before|until|instead|therefore|thanks to|yet|while|to)\b",
        re.IGNORECASE,
    ),
}
_NAME = (
    r"(?:EC2|Route ?53|CloudWatch|RDS|S3|Auto ?Scaling|ALB|ECS|Aurora(?: Global DB)?|Redis|ElastiCache|EKS|"
    r"Karpenter|Lambda|Bedrock|CloudFront|DynamoDB|SQS|SNS|IAM|VPC|WAF|Kinesis|Athena|Fargate)"
)
_LIST = re.compile(rf"{_NAME}(?:\s*(?:,|·|/|&|\+|와|과|및|and|,\s*and|\s)\s*{_NAME}){{2,}}")
"""Three names in a row: a list, not a lesson."""


class Idea(NamedTuple):
    id: str
    says: re.Pattern[str]
    why: re.Pattern[str]
    when: re.Pattern[str]


class Lesson(NamedTuple):
    """How well one idea is taught."""

    idea: str
    appears: float
    fits: float
    explained: float
    lived: float

    @property
    def points(self) -> float:
        return self.appears + self.fits + self.explained + self.lived


def education(event: GameEvent, locale: Locale) -> Iterator[Reason]:
    best = max(lessons(event, locale), key=lambda lesson: lesson.points, default=None)
    if best is None:
        yield _lost(
            FULL - 3,
            "description",
            "클라우드에서 배울 만한 개념이 보이지 않습니다.",
            "Teaches no idea of cloud architecture.",
        )
        return
    for lost, field, ko, en in (
        (_FITS - best.fits, "description", "상황과 맞지 않습니다", "does not fit the situation"),
        (_EXPLAINED - best.explained, "choices", "까닭을 말하지 않습니다", "is not explained"),
        (_LIVED - best.lived, "choices", "선택과 결과로 이어지지 않습니다", "does not turn a choice"),
    ):
        if lost > 0:
            yield _lost(lost, field, f"{best.idea} 개념이 {ko}.", f"The idea {best.idea} {en}.")


def lessons(event: GameEvent, locale: Locale) -> list[Lesson]:
    """Every idea the event speaks of outside bare lists of names."""
    situation = _prose(f"{event.title}. {event.description}")
    choices = tuple(_prose(f"{choice.text}. {choice.result_text}") for choice in event.choices)
    return [
        _lesson(idea, situation, choices, locale)
        for idea in ideas(locale)
        if _says(idea, situation) or any(_says(idea, choice) for choice in choices)
    ]


def _lesson(idea: Idea, situation: str, choices: tuple[str, ...], locale: Locale) -> Lesson:
    asked = _says(idea, situation)
    fits = idea.when.search(situation) is not None
    taken = [choice for choice in choices if _says(idea, choice)]
    places = [*([situation] if asked else []), *taken]
    why = max((_explained(idea, place, locale) for place in places), default=0.0)
    # A choice taken up by the idea may be explained by the situation that asks for it.
    if taken and fits and _CAUSE[locale].search(situation):
        why = max(why, 0.6)
    return Lesson(
        idea.id,
        _APPEARS,
        _FITS if fits else 0.0,
        _EXPLAINED * why,
        _LIVED if taken else (_LIVED / 2 if asked and fits else 0.0),
    )


def _explained(idea: Idea, place: str, locale: Locale) -> float:
    """0..1: different words of the idea's why, and a word of cause, in the text that speaks of it."""
    reasons = {found.group().lower() for found in idea.why.finditer(idea.says.sub(" ", place))}
    cause = _CAUSE[locale].search(place) is not None
    return min(0.3 * len(reasons), 0.6) + (0.4 if cause and reasons else 0.0)


def _says(idea: Idea, text: str) -> bool:
    return idea.says.search(text) is not None


@lru_cache(maxsize=8192)
def _prose(text: str) -> str:
    """The text without lists of service names."""
    return _LIST.sub(" ", text)


@cache
def ideas(locale: Locale) -> tuple[Idea, ...]:
    """The knowledge base, `ideas.yaml`, in this language."""
    return tuple(
        Idea(
            entry["id"],
            *(words(entry[part][locale.value], locale) for part in ("says", "why", "when")),
        )
        for entry in table("ideas.yaml")
    )


def _lost(points: float, field: str, ko: str, en: str) -> Reason:
    return Reason("education", round(max(points, 0.1), 1), field, ko, en)
