"""Fun: distinct choices, real trade-offs, texts neither thin nor bloated, something new."""

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from serve.domain.event import GameEvent
from serve.domain.state import Locale
from serve.quality.balance import dominated
from serve.quality.language import likeness, terms
from serve.quality.reason import DECISIVE, Reason

_IDEAL = {
    Locale.KO: {
        "title": (4, 20), "description": (60, 200), "text": (10, 100), "resultText": (15, 100),
    },
    Locale.EN: {
        "title": (6, 40), "description": (80, 300), "text": (15, 120), "resultText": (25, 150),
    },
}  # fmt: skip
"""Characters that read well; English needs more of them to say as much."""


_SHORT = 10
"""Characters up to which a sentence may be said twice."""


def fun(event: GameEvent, locale: Locale, others: Sequence[GameEvent] = ()) -> Iterator[Reason]:
    yield from _distinct(event)
    yield from _trade_offs(event)
    yield from _lengths(event, locale)
    yield from _substance(event, locale)
    yield from _repetition(event)
    yield from _novelty(event, others)


def _repetition(event: GameEvent) -> Iterator[Reason]:
    """The same sentence twice in one text: a writer that ran in a circle."""
    for field, text in event.texts():
        sentences = [part.strip() for part in re.split(r"[.!?]+", text) if len(part) > _SHORT]
        if len(set(sentences)) < len(sentences):
            yield _lost(
                DECISIVE,
                field,
                "같은 문장을 되풀이합니다.",
                "Says the same sentence again and again.",
            )


def _distinct(event: GameEvent) -> Iterator[Reason]:
    for (_, one), (there, other) in combinations(enumerate(event.choices), 2):
        for field, alike in (
            ("text", likeness(one.text, other.text, 2)),
            ("resultText", likeness(one.result_text, other.result_text, 2)),
        ):
            if alike > 0.4:
                yield _lost(
                    (alike - 0.4) * 15,
                    f"choices[{there}].{field}",
                    f"선택 {one.choice_id}와 거의 같은 말입니다.",
                    f"Says nearly the same as choice {one.choice_id}.",
                )


def _trade_offs(event: GameEvent) -> Iterator[Reason]:
    """Each choice gains something and gives something up."""
    for worse, _ in dominated(event):
        yield _lost(
            6,
            f"choices[{worse}]",
            "고를 이유가 없는 선택이라 고민할 것이 없습니다.",
            "No reason to pick it, so nothing to ponder.",
        )
    for index, choice in enumerate(event.choices):
        if min(choice.effects.resources) > 0:
            yield _lost(
                4,
                f"choices[{index}].effects",
                "얻기만 하고 치르는 것이 없습니다.",
                "Only gains, nothing is given up.",
            )
        elif max(choice.effects.resources) <= 0:
            yield _lost(
                2,
                f"choices[{index}].effects",
                "얻는 것이 없는 선택입니다.",
                "Gains nothing at all.",
            )


def _lengths(event: GameEvent, locale: Locale) -> Iterator[Reason]:
    for field, text in event.texts():
        low, high = _IDEAL[locale][field.rsplit(".", 1)[-1]]
        length = len(text.strip())
        if length < low:
            yield _lost(
                1 + 4 * (1 - length / low), field, "글이 너무 짧습니다.", "The text is too thin."
            )
        elif length > high:
            yield _lost(
                min(1 + 4 * (length / high - 1), 5),
                field,
                "글이 너무 깁니다.",
                "The text is bloated.",
            )


def _substance(event: GameEvent, locale: Locale) -> Iterator[Reason]:
    """Different things spoken of, per length: filler repeats itself and names nothing."""
    whole = " ".join(text for _, text in event.texts())
    density = len(terms(whole, locale)) / max(len(whole), 1)
    enough = 0.25 if locale is Locale.KO else 0.075
    if density < enough:
        yield _lost(
            12 * (1 - density / enough),
            "description",
            "구체적인 내용이 적고 같은 말이 되풀이됩니다.",
            "Says little that is concrete and repeats itself.",
        )


def _novelty(event: GameEvent, others: Sequence[GameEvent]) -> Iterator[Reason]:
    if not others:
        return
    mine = _whole(event)
    closest = max(likeness(mine, _whole(other)) for other in others)
    if closest > 0.25:
        yield _lost(
            min((closest - 0.25) * 30, 15),
            "description",
            "이미 나온 이벤트와 닮았습니다.",
            "Resembles an event that has been seen.",
        )


def _whole(event: GameEvent) -> str:
    return " ".join(text for _, text in event.texts())


def _lost(points: float, field: str, ko: str, en: str) -> Reason:
    return Reason("fun", round(max(points, 0.1), 1), field, ko, en)
