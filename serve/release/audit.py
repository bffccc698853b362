"""Who switched what, when and why: a bounded list in Redis, newest first."""

import json
import time
from typing import Any, Protocol

_NAME, _LARGEST = "flags:audit", 1000


class AuditStore(Protocol):
    async def append(self, name: str, value: str, *, largest: int, seconds: int | None) -> None: ...
    async def entries(self, name: str) -> list[str]: ...


class AuditTrail:
    """Every call raises StoreError when Redis is away."""

    def __init__(self, store: AuditStore) -> None:
        self._store = store

    async def write(
        self, subject: str, state: str, *, actor: str, reason: str, at: float | None = None
    ) -> None:
        """`at` is a Unix time in seconds; now by default."""
        entry = {
            "at": at or time.time(),
            "subject": subject,
            "state": state,
            "actor": actor,
            "reason": reason,
        }
        row = json.dumps(entry, ensure_ascii=False)
        await self._store.append(_NAME, row, largest=_LARGEST, seconds=None)

    async def entries(self) -> list[dict[str, Any]]:
        """The last thousand changes, newest first."""
        return [json.loads(entry) for entry in await self._store.entries(_NAME)]
