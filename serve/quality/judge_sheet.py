"""What a judge reads: `judge.yaml`, filled with an event, its player and a dimension."""

from functools import cache
from importlib.resources import files
from string import ascii_uppercase
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field

from serve.domain.balance import BalancePolicy
from serve.domain.event import Choice, GameEvent
from serve.domain.state import CANONICAL_INFRASTRUCTURE, GameState, Locale
from serve.quality.judgement import TOKENS, Arrangement

Grades = Annotated[tuple[str, ...], Field(min_length=len(TOKENS), max_length=len(TOKENS))]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Criterion(_Part):
    """One dimension in one language."""

    name: str
    asks: str
    grades: Grades
    """From worst to best."""


class Sheet(_Part):
    """The judge's instructions; a change of any word is a new version."""

    version: str
    repeats: int = Field(ge=1, le=20)
    """Times each dimension is asked in each order."""
    system: dict[Locale, str]
    event: dict[Locale, str]
    choice: dict[Locale, str]
    question: dict[Locale, str]
    nothing: dict[Locale, str]
    dimensions: dict[Locale, dict[str, Criterion]]

    def event_text(
        self,
        event: GameEvent,
        state: GameState,
        policy: BalancePolicy,
        locale: Locale,
        order: Arrangement,
    ) -> str:
        """The event and the company it happens to.

        Of infrastructure only canonical names are told: any other is a client's own text.
        """
        band, line = policy.band(state), policy.line(state)
        known = [name for name in state.infrastructure if name in CANONICAL_INFRASTRUCTURE]
        choices = event.choices if order is Arrangement.ORIGINAL else tuple(reversed(event.choices))
        return self.event[locale].format(
            event=event,
            state=state,
            band=band,
            line=line,
            infrastructure=", ".join(known) or self.nothing[locale],
            choices="\n".join(
                self._choice(letter, choice, locale)
                for letter, choice in zip(ascii_uppercase, choices, strict=False)
            ),
        )

    def question_text(self, dimension: str, locale: Locale, order: Arrangement) -> str:
        """What is asked about a dimension, every grade with its token."""
        criterion = self.dimensions[locale][dimension]
        grades = (
            criterion.grades if order is Arrangement.ORIGINAL else tuple(reversed(criterion.grades))
        )
        listed = "\n".join(f"{token}: {grade}" for token, grade in zip(TOKENS, grades, strict=True))
        return self.question[locale].format(criterion=criterion, grades=listed)

    def _choice(self, letter: str, choice: Choice, locale: Locale) -> str:
        effects, nothing = choice.effects, self.nothing[locale]
        return self.choice[locale].format(
            letter=letter,
            choice=choice,
            effects=effects,
            added=", ".join(effects.add_infrastructure) or nothing,
            removed=", ".join(effects.remove_infrastructure) or nothing,
        )


@cache
def load_sheet() -> Sheet:
    """The sheet that ships with the platform."""
    text = (files("serve.quality") / "judge.yaml").read_text("utf-8")
    return Sheet.model_validate(yaml.safe_load(text))
