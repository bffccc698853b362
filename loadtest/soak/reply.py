"""One answer, held against what was promised to the player who asked."""

from typing import NamedTuple

from loadtest.answer import WrongAnswer, checked
from serve.api.contract import EventRequest
from serve.domain.balance import BalancePolicy
from serve.domain.event import GameEvent
from serve.domain.rules import violations
from serve.serving import draft_of, player_tag

DEADLINE_MS = 2800
GRACE_MS = 100
"""Later than both together is late."""
GOOD, LATE, INVALID, UNREACHED = "good", "late", "invalid", "no answer"


class Reply(NamedTuple):
    """What became of one request."""

    due_s: float
    """When it was to be sent, by the machine's monotonic clock."""
    late_ms: float
    """How much later it was sent: the generator's fault."""
    latency_ms: float
    """From when it was due to the whole answer."""
    outcome: str
    """`good`, `late`, `invalid`, `no answer` or `status 503`."""
    source: str = ""
    """Where the event came from, if there was one."""
    detail: str = ""
    """What is wrong with it."""


class Judged(NamedTuple):
    """The outcome of an answer, and the event in it."""

    outcome: str
    source: str = ""
    detail: str = ""
    event: GameEvent | None = None


def judged(
    asked: str, status: int, answer: bytes, latency_ms: float, policy: BalancePolicy
) -> Judged:
    """Whether this answer is good for exactly what was `asked`, by the game's rules and no word of the
    platform's own; `latency_ms` counts from when it was due."""
    if status != 200:
        return Judged(f"status {status}", detail=answer[:120].decode(errors="replace"))
    try:
        told = checked(status, answer)
    except WrongAnswer as wrong:
        return Judged(INVALID, detail=str(wrong))
    wanted, event = EventRequest.model_validate_json(asked), told.event
    broken = violations(event, wanted.game_state, policy, wanted.locale)
    if broken:
        return Judged(INVALID, told.source, f"{broken[0].rule}: {broken[0].field}", event)
    if not _own(event.event_id, wanted.player_id):
        return Judged(INVALID, told.source, f"event id {event.event_id} is another player's", event)
    late = latency_ms > DEADLINE_MS + GRACE_MS
    return Judged(LATE if late else GOOD, told.source, "", event)


def _own(event_id: str, player_id: str) -> bool:
    """Whether the id was made for this player."""
    return event_id.removeprefix(f"{draft_of(event_id)}.").startswith(player_tag(player_id))
