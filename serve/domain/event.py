"""What the model writes (a draft) and what the game receives (an event)."""

from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from serve.domain.state import WireModel


class EventType(StrEnum):
    MARKET_OPPORTUNITY = "MARKET_OPPORTUNITY"
    COMPETITOR_ACTION = "COMPETITOR_ACTION"
    INFRASTRUCTURE_CRISIS = "INFRASTRUCTURE_CRISIS"
    TEAM_EVENT = "TEAM_EVENT"
    FUNDING_OPPORTUNITY = "FUNDING_OPPORTUNITY"


class Severity(StrEnum):
    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"
    POSITIVE = "POSITIVE"


Level = Annotated[int, Field(ge=-3, le=3)]
"""Signed size of an effect: 1 noticeable, 2 large, 3 as large as the stage allows."""


class _Draft(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DraftChoice(_Draft):
    """One choice as written: texts, and levels that `resolve` turns into won, users and points."""

    text: str = Field(min_length=5, max_length=150)
    cash: Level
    users: Level
    trust: Level
    add: tuple[str, ...] = Field(default=(), max_length=2)
    """Canonical infrastructure this choice brings in."""
    remove: tuple[str, ...] = Field(default=(), max_length=2)
    """Canonical infrastructure this choice gives up."""
    result: str = Field(min_length=10, max_length=200)


class EventDraft(_Draft):
    """An event without figures, good for every player it fits; field order is the order written."""

    severity: Severity
    title: str = Field(min_length=2, max_length=40)
    description: str = Field(min_length=20, max_length=500)
    choices: tuple[DraftChoice, ...] = Field(min_length=2, max_length=4)

    @property
    def offers(self) -> frozenset[str]:
        """Infrastructure that some choice brings in."""
        return frozenset(name for choice in self.choices for name in choice.add)

    def texts(self) -> tuple[tuple[str, str], ...]:
        """Every text a player reads, as (field, text)."""
        fields = [("title", self.title), ("description", self.description)]
        for index, choice in enumerate(self.choices):
            fields.append((f"choices[{index}].text", choice.text))
            fields.append((f"choices[{index}].resultText", choice.result))
        return tuple(fields)


class Figures(NamedTuple):
    """What a choice does to the resources it can be better or worse on."""

    cash: int
    """Won."""
    users: int
    """People."""
    trust: int
    """Points."""


class Effects(WireModel):
    """What a choice does: users in people, cash in won, trust in points."""

    users_delta: int
    cash_delta: int
    trust_delta: int
    add_infrastructure: tuple[str, ...] = ()
    remove_infrastructure: tuple[str, ...] = ()

    @property
    def resources(self) -> Figures:
        return Figures(self.cash_delta, self.users_delta, self.trust_delta)


class Choice(WireModel):
    choice_id: str
    text: str
    effects: Effects
    result_text: str


class GameEvent(WireModel):
    """An event with the figures of one player; the contract with the game."""

    event_id: str
    event_type: EventType
    severity: Severity
    title: str
    description: str
    choices: tuple[Choice, ...]

    def texts(self) -> tuple[tuple[str, str], ...]:
        """Every text a player reads, as (field, text)."""
        fields = [("title", self.title), ("description", self.description)]
        for index, choice in enumerate(self.choices):
            fields.append((f"choices[{index}].text", choice.text))
            fields.append((f"choices[{index}].resultText", choice.result_text))
        return tuple(fields)
