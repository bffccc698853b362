"""Feature flags: shared through Redis, read without waiting, every change audited."""

import logging
from typing import Protocol

from serve import metrics
from serve.errors import StoreError
from serve.release.audit import AuditStore, AuditTrail
from serve.tally import Tally

_TABLE = "flags"

_log = logging.getLogger(__name__)


class FlagStore(AuditStore, Protocol):
    async def table(self, name: str) -> dict[str, str]: ...
    async def write(self, name: str, field: str, value: str) -> None: ...


class FlagBoard:
    """The flags as this replica last read them; the last known state holds while Redis is away."""

    def __init__(self, store: FlagStore, defaults: dict[str, bool], tally: Tally) -> None:
        self._store, self._tally, self.trail = store, tally, AuditTrail(store)
        self._flags, self._actors = dict(defaults), dict.fromkeys(defaults, "")
        self._changes = 0

    def enabled(self, name: str) -> bool:
        return self._flags[name]

    def switched_by(self, name: str) -> str:
        """Who switched it last; empty for the default."""
        return self._actors[name]

    def names(self) -> tuple[str, ...]:
        return tuple(self._flags)

    async def refresh(self) -> None:
        """Raises StoreError; then, and where a value is none of a flag, the flags stay as they were."""
        before = self._changes
        table = await self._store.table(_TABLE)
        if before != self._changes:
            return  # read before a change made here: older than what is known
        for name, value in table.items():
            state, _, actor = value.partition("|")
            if name in self._flags and state in ("on", "off"):
                self._flags[name], self._actors[name] = state == "on", actor

    async def set(self, name: str, enabled: bool, *, actor: str, reason: str) -> None:
        """Changes a flag for every replica within a second. Raises StoreError: nothing changed."""
        state = "on" if enabled else "off"
        await self._store.write(_TABLE, name, f"{state}|{actor}")
        self._flags[name], self._actors[name] = enabled, actor
        self._changes += 1
        self._tally.count(metrics.FLAG_CHANGES, name, state)
        _log.warning("flag %s is %s, by %s: %s", name, state, actor, reason)
        await self.trail.write(name, state, actor=actor, reason=reason)

    async def follow(self) -> None:
        """Keeps up with changes made elsewhere; a store in trouble is tried again next time."""
        try:
            await self.refresh()
        except StoreError:
            return

    def measure(self) -> None:
        """Sets the gauge of every flag."""
        for name, enabled in self._flags.items():
            self._tally.set(metrics.FLAG, enabled, name)
