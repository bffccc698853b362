"""Who switched what, when and why: a bounded list in Redis, newest first."""

import time
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, FiniteFloat

from serve.rows import readable

_NAME, _LARGEST = "flags:audit", 1000


class AuditStore(Protocol):
    async def append(self, name: str, value: str, *, largest: int, seconds: int | None) -> None: ...
    async def entries(self, name: str) -> list[str]: ...


class Entry(BaseModel):
    """One change."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    at: FiniteFloat
    """Unix time, seconds."""
    subject: str
    state: str
    actor: str
    reason: str


class AuditTrail:
    """Every call raises StoreError when Redis is away."""

    def __init__(self, store: AuditStore) -> None:
        self._store = store

    async def write(
        self, subject: str, state: str, *, actor: str, reason: str, at: float | None = None
    ) -> None:
        """`at` is a Unix time in seconds; now by default."""
        entry = Entry(
            at=at or time.time(), subject=subject, state=state, actor=actor, reason=reason
        )
        row = entry.model_dump_json()
        await self._store.append(_NAME, row, largest=_LARGEST, seconds=None)

    async def entries(self) -> list[dict[str, Any]]:
        """The last thousand changes, newest first; one that cannot be read is left out."""
        return [entry.model_dump() for entry in readable(Entry, await self._store.entries(_NAME))]
