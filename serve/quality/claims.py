"""What a choice and its result claim about money, users and trust, against the signed effects."""

from collections.abc import Iterator
from typing import NamedTuple

from serve.domain.event import Choice
from serve.domain.state import GameState, Locale
from serve.quality.lexicon import directions, figures
from serve.quality.reason import FULL


class _Resource(NamedTuple):
    en: str
    ko: str
    subject: str
    """The Korean name with the particle of a subject."""
    large: float
    """Share of the band from which an effect should be spoken of."""
    empty: float
    """Points for a claim without an effect; "it cost nothing" reads as one, and is none."""


_RESOURCES = (
    _Resource("cash", "현금", "현금이", 0.3, 0.5),
    _Resource("users", "이용자", "이용자가", 0.3, 2.0),
    _Resource("trust", "신뢰", "신뢰가", 0.5, 2.0),
)

Loss = tuple[float, str, str, str]
"""(points, field, ko, en)"""


def claims(
    where: str,
    choice: Choice,
    sizes: tuple[float, float, float],
    state: GameState,
    locale: Locale,
) -> Iterator[Loss]:
    """`sizes`: the effects as signed shares of what is possible, per resource in order."""
    told = directions(choice.result_text, locale)
    counted = figures(choice.result_text, locale)
    meant = directions(choice.text, locale)
    # At the limits an effect is zero whatever the text says: nothing left to lose, or to gain.
    stuck = (0, -1 if state.users == 0 else 0, 1 if state.trust == 100 else 0)
    for resource, result, number, text, size, limit in zip(
        _RESOURCES, told, counted, meant, sizes, stuck, strict=True
    ):
        for points, field, ko, en in _claim(resource, result, number, text, size, limit):
            yield points, f"{where}.{field}", ko, en


def _claim(
    resource: _Resource,
    result: frozenset[int],
    number: frozenset[int],
    text: frozenset[int],
    size: float,
    limit: int,
) -> Iterator[Loss]:
    sign = (size > 0) - (size < 0)
    field, ko, en = "resultText", resource.ko, resource.en
    if not sign:
        if len(result) == 1 and limit not in result:
            yield (
                resource.empty,
                field,
                f"{resource.subject} 바뀐다고 하지만 효과가 없습니다.",
                f"Claims a change of {en} that does not happen.",
            )
    elif number == frozenset((-sign,)):
        yield (
            FULL,
            field,
            f"결과 글의 숫자가 말하는 {ko}의 방향이 실제 효과와 반대입니다.",
            f"A figure in the result says the opposite of what happens to {en}.",
        )
    elif result == frozenset((-sign,)):
        yield (
            6 + 3 * min(abs(size), 1) + (sign not in text),
            field,
            f"결과 글이 말하는 {ko}의 방향이 실제 효과와 반대입니다.",
            f"The result says the opposite of what happens to {en}.",
        )
    elif not result and text == frozenset((-sign,)):
        yield (
            3,
            "text",
            f"선택이 말하는 {ko}의 방향이 실제 효과와 반대입니다.",
            f"The choice says the opposite of what happens to {en}.",
        )
    elif not result and not text:
        yield (
            2.5 if abs(size) >= resource.large else 0.7,
            field,
            f"{resource.subject} 왜 바뀌는지 말하지 않습니다.",
            f"Does not say why {en} changes.",
        )
