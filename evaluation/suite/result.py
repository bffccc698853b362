"""What came of one generation: a line of a run's journal, and a row of its table."""

from enum import StrEnum

from serve.domain.event import EventDraft, EventType, GameEvent
from serve.domain.state import GameState, Locale, WireModel
from serve.quality import Quality


class Outcome(StrEnum):
    """What the platform would have done with it, from best to worst."""

    ACCEPT = "accept"
    REVIEW = "review"
    DISCARD = "discard"
    """An event, but not good enough to serve."""
    INVALID = "invalid"
    """Written, but no draft, or it breaks a rule for its player."""
    FAILED = "failed"
    """Nothing was written: the target did not answer, or refused."""


class Result(WireModel):
    """One trial of one arm. `(scenario, repeat)` pairs it with the trials of other arms."""

    arm: str
    """`variant/model/sampling`."""
    scenario: str
    repeat: int
    """From 0."""
    seed: int
    game_state: GameState
    locale: Locale
    event_type: EventType
    outcome: Outcome
    error: str = ""
    """Why it failed, or what the first broken rule says; empty otherwise."""
    violations: tuple[str, ...] = ()
    """Names of the rules broken, such as `balance.dominated`."""
    event: GameEvent | None = None
    draft: EventDraft | None = None
    """Only where the target tells it; a platform over HTTP does not."""
    quality: Quality | None = None
    source: str = "llm"
    """Of a platform's answer: `pool`, `llm`, `stale` or `static`."""
    prompt_tokens: int = 0
    output_tokens: int = 0
    first_token_s: float | None = None
    """Seconds from request to first token; None where the target does not tell."""
    duration_s: float = 0.0
    """Seconds from request to whole answer."""
    started_at: float = 0.0
    """Unix time, seconds."""

    @property
    def points(self) -> float:
        """0..100 by the rubric; what is no event has none, so that no variant gains by failing."""
        return self.quality.total if self.quality else 0.0

    @property
    def pair(self) -> tuple[str, int]:
        """What pairs it with the other arms' trials."""
        return self.scenario, self.repeat
