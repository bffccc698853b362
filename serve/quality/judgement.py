"""From a judge's answers to points: expectation, the two orders, spread. No I/O.

A judge is asked twice about each dimension. In the second order the event's choices stand the other
way round and so do the grades, so that 1 is the best there: a model that answers by position or
has a favourite figure contradicts itself, and the gap between the orders shows it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import groupby
from math import isfinite
from statistics import fmean, pstdev
from typing import Annotated, NamedTuple

from pydantic import Field, computed_field

from serve.domain.state import WireModel
from serve.errors import EngineError
from serve.quality.reason import FULL

DIMENSIONS = ("consistency", "balance", "fun", "education")
TOKENS = ("1", "2", "3", "4", "5")
"""One token each in every tokenizer we know, and few enough that each grade can be described."""
STEP = FULL / (len(TOKENS) - 1)
"""Points between two neighbouring grades."""

Share = Annotated[float, Field(ge=0, le=FULL)]
"""Points of one dimension, 0..25."""


class Arrangement(StrEnum):
    """How a question is put."""

    ORIGINAL = "original"
    """Choices as in the event, grades from worst to best."""
    REVERSED = "reversed"
    """Both the other way round."""


class Mark(NamedTuple):
    """One answer."""

    dimension: str
    order: Arrangement
    points: float
    """0..25."""
    mass: float | None
    """Probability that fell on the grades, 0..1; None where the token alone was told."""


class Judgement(WireModel):
    """What a model thinks of an event: the mean of its answers, and how far they lie apart."""

    consistency: Share
    balance: Share
    fun: Share
    education: Share
    spread: dict[str, float] = Field(default_factory=dict[str, float])
    """Dimension -> standard deviation of its answers, in points."""
    order_gap: dict[str, float] = Field(default_factory=dict[str, float])
    """Dimension -> |mean of one order - mean of the other|, in points."""
    mass: float | None = Field(default=None, ge=0, le=1)
    """Least probability that fell on the grades before they were renormalised: near 0, the model
    would rather have said something else. None where some answer was a token alone."""
    model: str = ""
    prompt_version: str = ""

    @computed_field
    @property
    def total(self) -> float:
        """0..100."""
        return round(self.consistency + self.balance + self.fun + self.education, 1)

    @computed_field
    @property
    def stable(self) -> bool:
        """Whether no dimension differs by more than a grade between the orders."""
        return all(gap <= STEP for gap in self.order_gap.values())


def worth(order: Arrangement) -> dict[str, float]:
    """The points each token stands for: 0, 6.25 … 25, the other way round when reversed."""
    points = [index * STEP for index in range(len(TOKENS))]
    return dict(
        zip(TOKENS, points if order is Arrangement.ORIGINAL else reversed(points), strict=True)
    )


def expectation(answer: Mapping[str, float] | str, points: Mapping[str, float]) -> float:
    """Points of one answer: probabilities renormalised over the allowed tokens, or the token's own.

    Raises EngineError where no allowed token was answered.
    """
    weights = {answer.strip(): 1.0} if isinstance(answer, str) else answer
    allowed = {token: weight for token, weight in weights.items() if token in points and weight > 0}
    mass = sum(allowed.values())
    if not mass or not isfinite(mass):
        raise EngineError("the judge answered none of " + ", ".join(points))
    return sum(points[token] * weight for token, weight in allowed.items()) / mass


def summed_up(marks: Sequence[Mark], model: str, prompt_version: str) -> Judgement:
    """The judgement from every answer; each dimension must have been asked in both orders."""
    by_dimension = {name: [one for one in marks if one.dimension == name] for name in DIMENSIONS}
    return Judgement(
        **{name: round(fmean(_order_means(answers)), 2) for name, answers in by_dimension.items()},
        spread={
            name: round(pstdev(one.points for one in answers), 2)
            for name, answers in by_dimension.items()
        },
        order_gap={name: round(_gap(answers), 2) for name, answers in by_dimension.items()},
        mass=_least(one.mass for one in marks),
        model=model,
        prompt_version=prompt_version,
    )


def _least(masses: Iterable[float | None]) -> float | None:
    least = 1.0
    for mass in masses:
        if mass is None:
            return None
        least = min(least, mass)
    return round(least, 4)


def _gap(answers: Sequence[Mark]) -> float:
    first, second = _order_means(answers)
    return abs(first - second)


def _order_means(answers: Sequence[Mark]) -> Iterator[float]:
    for _, same in groupby(sorted(answers, key=_order), key=_order):
        yield fmean(one.points for one in same)


def _order(mark: Mark) -> Arrangement:
    return mark.order
