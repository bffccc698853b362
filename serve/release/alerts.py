"""What a firing alert does: one with the label `action: flag-off` switches its flag off, once."""

import logging
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, Protocol

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, FailFast, Field

from serve import metrics
from serve.release.flags import FlagBoard
from serve.release.recovery import ALERT
from serve.tally import Tally

_REMEMBERED = timedelta(days=7)
_OLDEST = timedelta(days=6)
"""Older alerts are a replay: what was done about them may be forgotten soon."""
_PRINTABLE = re.compile(r"[^\w .,:%()<>/-]")


def _text(value: object) -> object:
    """Alertmanager writes times as text; a number would be read as seconds, or milliseconds."""
    if not isinstance(value, str):
        raise ValueError("must be a time in RFC 3339")  # noqa: TRY004 - what a validator has to raise
    return value


Outcome = Literal["acted", "replayed", "ignored"]

_log = logging.getLogger(__name__)


class Alert(BaseModel):
    """One alert as Alertmanager's webhook tells it (version 4)."""

    model_config = ConfigDict(frozen=True)

    status: Literal["firing", "resolved"]
    labels: dict[str, str] = Field(max_length=64)
    annotations: dict[str, str] = Field(default={}, max_length=64)
    starts_at: Annotated[AwareDatetime, BeforeValidator(_text)] = Field(alias="startsAt")
    fingerprint: str = Field(pattern="^[0-9a-f]{8,64}$")

    @property
    def name(self) -> str:
        return _plain(self.labels.get("alertname", "?"), 60)

    def says(self, annotation: str) -> str:
        """An annotation as one plain line."""
        return _plain(self.annotations.get(annotation, ""), 160)


class AlertMessage(BaseModel):
    """What Alertmanager posts."""

    model_config = ConfigDict(frozen=True)

    version: Literal["4"]
    alerts: Annotated[tuple[Alert, ...], FailFast()] = Field(max_length=500)


class Memory(Protocol):
    """Every call raises StoreError when Redis is away."""

    async def remember(self, name: str, value: str, seconds: int) -> bool: ...
    async def recall(self, name: str) -> str | None: ...


class AlertDesk:
    """Takes messages in, any number of times, in any order."""

    def __init__(
        self,
        flags: FlagBoard,
        memory: Memory,
        tally: Tally,
        told: Callable[[str], Awaitable[None]],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`told` hands a sentence to people."""
        self._flags, self._memory, self._tally = flags, memory, tally
        self._told, self._now = told, now

    async def receive(self, message: AlertMessage) -> dict[Outcome, int]:
        """How many alerts were acted upon, were known already, or ask for nothing.

        Raises StoreError: nothing is lost, for the sender sends it again.
        """
        counts: dict[Outcome, int] = {"acted": 0, "replayed": 0, "ignored": 0}
        for alert in message.alerts:
            outcome = await self._take(alert)
            self._tally.count(metrics.ALERTS, outcome)
            counts[outcome] += 1
        return counts

    async def _take(self, alert: Alert) -> Outcome:
        flag = alert.labels.get("flag", "")
        if not self._asks_for(alert, flag):
            return "ignored"
        # A person who switches the flag on while the alert still fires is not overruled by its
        # repetitions: they are the same alert, which has been acted upon.
        name = f"alert:{alert.fingerprint}:{alert.starts_at.timestamp():.3f}"
        if await self._memory.recall(name):
            return "replayed"
        if self._flags.enabled(flag):
            value = alert.says("value")
            reason = " ".join(part for part in (alert.says("summary"), value) if part)
            await self._flags.set(flag, False, actor=f"{ALERT}{alert.name}", reason=reason)
        first = await self._memory.remember(name, "acted", int(_REMEMBERED.total_seconds()))
        if not first:
            return "replayed"
        await self._told(_said(alert, flag))
        return "acted"

    def _asks_for(self, alert: Alert, flag: str) -> bool:
        wanted = alert.status == "firing" and alert.labels.get("action") == "flag-off"
        if wanted and flag not in self._flags.names():
            _log.error("alert %s is about a flag that does not exist", alert.name)
        recent = self._now() - alert.starts_at < _OLDEST
        return wanted and flag in self._flags.names() and recent


def _said(alert: Alert, flag: str) -> str:
    since = alert.starts_at.astimezone(UTC).strftime("%H:%M UTC")
    return (
        f"{flag} 꺼짐 · switched off, by {alert.name} since {since} {alert.says('value')}. "
        "플레이어는 준비된 이벤트를 받습니다 · players get the hand-written events. "
        "`eventsmith flag history`"
    )


def _plain(text: str, longest: int) -> str:
    """One line without markup: labels and annotations come from outside."""
    return _PRINTABLE.sub("", " ".join(text.split()))[:longest]
