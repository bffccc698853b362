"""Feature flags: shared through Redis, read without waiting, every change audited."""

import json
import time
from typing import Any, Protocol

from serve.errors import StoreError

_TABLE, _AUDIT = "flags", "flags:audit"


class FlagStore(Protocol):
    async def table(self, name: str) -> dict[str, str]: ...
    async def write(self, name: str, field: str, value: str) -> None: ...
    async def append(self, name: str, value: str, *, largest: int, seconds: int | None) -> None: ...
    async def entries(self, name: str) -> list[str]: ...


class FlagBoard:
    """The flags as this replica last read them; the last known state holds while Redis is away."""

    def __init__(self, store: FlagStore, defaults: dict[str, bool]) -> None:
        self._store, self._flags = store, dict(defaults)
        self._changes = 0

    def enabled(self, name: str) -> bool:
        return self._flags[name]

    def names(self) -> tuple[str, ...]:
        return tuple(self._flags)

    async def refresh(self) -> None:
        """Raises StoreError; the flags stay as they were."""
        before = self._changes
        table = await self._store.table(_TABLE)
        if before != self._changes:
            return  # read before a change made here: older than what is known
        for name, value in table.items():
            if name in self._flags:
                self._flags[name] = value == "on"

    async def set(self, name: str, enabled: bool, *, actor: str, reason: str) -> None:
        """Changes a flag for every replica within a second. Raises StoreError: nothing changed."""
        entry = {
            "at": time.time(),
            "flag": name,
            "enabled": enabled,
            "actor": actor,
            "reason": reason,
        }
        await self._store.write(_TABLE, name, "on" if enabled else "off")
        self._flags[name] = enabled
        self._changes += 1
        await self._store.append(
            _AUDIT, json.dumps(entry, ensure_ascii=False), largest=1000, seconds=None
        )

    async def history(self) -> list[dict[str, Any]]:
        """Changes, newest first. Raises StoreError."""
        return [json.loads(entry) for entry in await self._store.entries(_AUDIT)]

    async def follow(self) -> None:
        """Keeps up with changes made elsewhere; a store in trouble is tried again next time."""
        try:
            await self.refresh()
        except StoreError:
            return
