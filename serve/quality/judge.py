"""A model as judge: asks about each dimension in two orders, several times; see docs/judge.md."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from serve.domain.balance import BalancePolicy
from serve.domain.event import GameEvent
from serve.domain.state import GameState, Locale
from serve.quality.judge_sheet import Sheet, load_sheet
from serve.quality.judgement import (
    DIMENSIONS,
    TOKENS,
    Arrangement,
    Judgement,
    Mark,
    expectation,
    summed_up,
    worth,
)


class Question(NamedTuple):
    """What a marker is asked: to answer with exactly one of the allowed tokens."""

    system: str
    user: str
    allowed: tuple[str, ...]
    seed: int
    """For back ends that draw the token; another one per repeat."""


class Marker(Protocol):
    """A back end that answers with one token."""

    @property
    def model(self) -> str: ...
    async def mark(self, question: Question) -> Mapping[str, float] | str:
        """Probability per allowed token, or the token where the back end tells no more.

        Probabilities add up to 1 or less. Raises EngineError.
        """
        ...


class Judge:
    """Points by a model; never on the way to a player."""

    def __init__(
        self,
        marker: Marker,
        policy: BalancePolicy,
        *,
        repeats: int | None = None,
        sheet: Sheet | None = None,
    ) -> None:
        """`repeats` per dimension and order; the sheet's own number unless given."""
        self._marker, self._policy = marker, policy
        self._sheet = sheet or load_sheet()
        self._repeats = repeats or self._sheet.repeats

    @property
    def model(self) -> str:
        return self._marker.model

    async def judge(self, event: GameEvent, state: GameState, locale: Locale) -> Judgement:
        """One answer after the other, to be gentle to the server. Raises EngineError."""
        marks = [
            await self._mark(question, dimension, order)
            for order in Arrangement
            for dimension, question in self._questions(event, state, locale, order)
        ]
        return summed_up(marks, self._marker.model, self._sheet.version)

    def _questions(
        self, event: GameEvent, state: GameState, locale: Locale, order: Arrangement
    ) -> list[tuple[str, Question]]:
        """(dimension, question); all begin with the same event, which a server's cache keeps."""
        shown = self._sheet.event_text(event, state, self._policy, locale, order)
        return [
            (name, Question(self._sheet.system[locale], f"{shown}\n{asked}", TOKENS, seed))
            for seed in range(self._repeats)
            for name, asked in (
                (name, self._sheet.question_text(name, locale, order)) for name in DIMENSIONS
            )
        ]

    async def _mark(self, question: Question, dimension: str, order: Arrangement) -> Mark:
        answer = await self._marker.mark(question)
        points = expectation(answer, worth(order))
        mass = None if isinstance(answer, str) else min(sum(answer.values()), 1.0)
        return Mark(dimension, order, points, mass)
