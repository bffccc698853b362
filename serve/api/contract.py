"""Requests and answers on the wire."""

from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    FiniteFloat,
    StrictInt,
    StringConstraints,
)

from serve.domain.event import EventType, GameEvent
from serve.domain.state import GameState, Locale, WireModel
from serve.quality import Quality
from serve.serving import Source

Identifier = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z0-9_.:@-]{1,64}$")]
"""1 to 64 letters, digits, `_ . : @ -`."""


def _one_line(text: str) -> str:
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


Reason = Annotated[str, StringConstraints(strict=True, max_length=200), AfterValidator(_one_line)]
"""Why something was done. It is logged and told to people, so it becomes one line of print."""


class EventContext(WireModel):
    """What the game knows about the moment. Free text steers the event's type and nothing else."""

    event_type: EventType | None = None
    note: Annotated[str, StringConstraints(strict=True, max_length=500)] = ""
    """What just happened, in the game's words; it never reaches the model."""

    @property
    def wanted_type(self) -> EventType | None:
        """The type asked for, or the one the note speaks of."""
        if self.event_type or not self.note:
            return self.event_type
        note = self.note.lower()
        return next(
            (kind for kind, words in _NOTE_WORDS if any(word in note for word in words)), None
        )


_NOTE_WORDS = (
    (EventType.INFRASTRUCTURE_CRISIS, ("장애", "서버", "다운", "outage", "incident", "crash")),
    (EventType.FUNDING_OPPORTUNITY, ("투자", "펀딩", "자금", "invest", "funding")),
    (EventType.COMPETITOR_ACTION, ("경쟁", "라이벌", "competitor", "rival")),
    (EventType.TEAM_EVENT, ("팀", "직원", "채용", "퇴사", "team", "hiring", "resign")),
    (EventType.MARKET_OPPORTUNITY, ("시장", "제휴", "확장", "market", "partner", "expan")),
)


def _note(value: Any) -> Any:
    return {"note": value} if isinstance(value, str) else value


class EventRequest(WireModel):
    player_id: Identifier
    game_id: Identifier | None = None
    game_state: GameState
    event_context: Annotated[EventContext, BeforeValidator(_note)] = EventContext()
    """An object, or just the note."""
    locale: Locale = Locale.KO
    deadline_ms: StrictInt | None = Field(default=None, ge=100, le=30_000)
    """Milliseconds the game will wait; 2,800 unless it says less or more."""


class QualityOnWire(WireModel):
    total: FiniteFloat
    consistency: FiniteFloat
    balance: FiniteFloat
    fun: FiniteFloat
    education: FiniteFloat
    verdict: str


class EventResponse(WireModel):
    request_id: str
    source: Source
    event: GameEvent
    quality: QualityOnWire
    prompt_version: str
    model: str
    age_seconds: FiniteFloat
    latency_ms: FiniteFloat

    @property
    def whole(self) -> bool:
        """Whether its points are those of an event that may be served, and its times are times."""
        told = self.quality
        quality = Quality(
            consistency=told.consistency,
            balance=told.balance,
            fun=told.fun,
            education=told.education,
        )
        sound = quality.servable and told == quality_on_wire(quality)
        return sound and self.age_seconds >= 0 and self.latency_ms >= 0 and self.request_id != ""


class FeedbackRequest(WireModel):
    player_id: Identifier
    rating: StrictInt = Field(ge=1, le=5)
    choice_id: Annotated[str, StringConstraints(strict=True, pattern="^[a-d]$")] | None = None


class FeedbackEntry(WireModel):
    """A rating as it is kept."""

    event_id: str
    rating: int
    choice_id: str | None
    at: FiniteFloat
    """Unix time, seconds."""


class FlagChange(WireModel):
    enabled: bool = Field(strict=True)
    reason: Reason = ""


class FlagState(WireModel):
    name: str
    enabled: bool


def quality_on_wire(quality: Quality) -> QualityOnWire:
    return QualityOnWire(
        total=quality.total,
        consistency=quality.consistency,
        balance=quality.balance,
        fun=quality.fun,
        education=quality.education,
        verdict=quality.verdict,
    )
