"""The figures a bundled model must reach, and how each is worked out from its answers."""

from collections.abc import Sequence
from itertools import combinations
from statistics import mean, median
from typing import NamedTuple

from evaluation.bundled.answers import Answer
from evaluation.bundled.orders import Order
from evaluation.bundled.stories import Stories, copied
from serve.domain.event import EventDraft
from serve.domain.infrastructure import mentioned
from serve.domain.state import Locale
from serve.models.corpus import Entry
from serve.quality.language import likeness

NEAR_DUPLICATE = 0.5
"""Likeness from which two drafts count as one: half of the character pieces of both are shared."""


class Gate(NamedTuple):
    """A figure, and the bar it must stay above or, with `most`, below."""

    name: str
    value: float
    bar: float
    most: bool = False

    @property
    def passed(self) -> bool:
        return self.value <= self.bar if self.most else self.value >= self.bar


class Figures(NamedTuple):
    """What a set of answers amounts to; shares of 1 and points of 100."""

    gates: tuple[Gate, ...]
    context: dict[str, float]
    """What helps to read the gates: the chance level, parts and stricter kin of them."""


def figures(first: Sequence[Answer], second: Sequence[Answer], stories: Stories) -> Figures:
    """From one answer to each of many orders, and for the first of them another with a second seed."""
    drafts = [(answer, answer.draft) for answer in first if answer.draft]
    tellings = [
        Telling(answer.order, draft, stories.told(draft, answer.order.locale))
        for answer, draft in drafts
    ]
    agreeing = [telling.agrees(telling.order) for telling in tellings]
    count = len(first)
    gates = (
        Gate("valid", mean(not answer.broken for answer in first), 0.95),
        Gate("agrees", sum(agreeing) / count, 0.8),
        Gate("distinct", _distinct(first), 0.8),
        Gate("seeds_differ", _differ(first, second), 0.9),
        Gate("mean_quality", _quality(first, Locale.KO), 80),
        Gate("mean_quality_en", _quality(first, Locale.EN), 75),
        Gate(
            "well_spelt", sum(not stories.unknown_words(it.draft) for it in tellings) / count, 0.85
        ),
        Gate("copied", sum(copied(it.draft, it.entry) for it in tellings) / count, 0.3, most=True),
    )
    context = {
        "agrees_by_chance": _by_chance(tellings),
        "right_type": sum(it.right_type(it.order) for it in tellings) / count,
        "right_stage": sum(it.right_stage(it.order) for it in tellings) / count,
        "right_infrastructure": sum(it.right_infrastructure(it.order) for it in tellings) / count,
        "retold": sum(stories.retold(it.draft, it.entry) for it in tellings) / count,
    }
    return Figures(gates, context)


class Telling(NamedTuple):
    """A draft, and the corpus entry whose story it tells."""

    order: Order
    draft: EventDraft
    entry: Entry

    def agrees(self, order: Order) -> bool:
        """Whether the draft could be the answer to this order, by type, stakes, infrastructure."""
        return (
            self.right_type(order) and self.right_stage(order) and self.right_infrastructure(order)
        )

    def right_type(self, order: Order) -> bool:
        return self.entry.written.type is order.brief.event_type

    def right_stage(self, order: Order) -> bool:
        """Whether the people who wrote this story meant its stakes for this stage."""
        return order.brief.situation.stage in self.entry.written.stages

    def right_infrastructure(self, order: Order) -> bool:
        """Whether all it names is owned or offered, and what it offers is what was asked."""
        named = {name for _, text in self.draft.texts() for name in mentioned(text)}
        asked = {order.brief.offers} - {None}
        return named <= order.state.owned | asked and self.draft.offers <= asked


def _by_chance(tellings: Sequence[Telling]) -> float:
    """How often answers agree with orders they were not written for, in the same language."""
    pairs = [
        (telling, other.order)
        for telling in tellings
        for other in tellings
        if other is not telling and other.order.locale is telling.order.locale
    ]
    return mean(telling.agrees(order) for telling, order in pairs)


def _distinct(answers: Sequence[Answer]) -> float:
    """Share of answers that no answer to another order resembles."""
    repeated = set[int]()
    for (one, left), (two, right) in combinations(enumerate(answers), 2):
        if likeness(left.text, right.text) >= NEAR_DUPLICATE:
            repeated |= {one, two}
    return 1 - len(repeated) / len(answers)


def _differ(first: Sequence[Answer], second: Sequence[Answer]) -> float:
    """Share of orders that, placed again with another seed, are answered differently."""
    pairs = zip(first[: len(second)], second, strict=True)
    return mean(likeness(one.text, two.text) < NEAR_DUPLICATE for one, two in pairs)


def _quality(answers: Sequence[Answer], locale: Locale) -> float:
    """Mean points of this language; what is no event at all has none."""
    ours = [answer for answer in answers if answer.order.locale is locale]
    return mean(answer.quality.total if answer.quality else 0.0 for answer in ours)


def speed(alone: Sequence[Answer], together: Sequence[Answer]) -> dict[str, float]:
    """Median seconds an event at one client and at several, and tokens a draft."""
    return {
        "p50_s_c1": median(answer.seconds for answer in alone),
        "p50_s_c4": median(answer.seconds for answer in together),
        "tokens": mean(answer.tokens for answer in (*alone, *together)),
    }
