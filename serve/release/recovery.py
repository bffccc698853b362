"""Opens a path that was shut: probes it in the background, and switches back what an alert switched off."""

import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable

from serve import metrics
from serve.errors import StoreError
from serve.release.breaker import Breaker, State
from serve.release.flags import FlagBoard
from serve.settings import BreakerConfig
from serve.tally import Tally

ALERT = "alert:"
"""How the name of an actor begins who is an alert."""
_REMEMBERED = 100

_log = logging.getLogger(__name__)


class Recovery:
    """Owns the breaker of one writer, and watches it; no call raises."""

    def __init__(
        self,
        config: BreakerConfig,
        flag: str,
        flags: FlagBoard,
        tally: Tally,
        told: Callable[[str], Awaitable[None]],
        clock: Callable[[], float] = time.monotonic,
        name: str = "breaker",
    ) -> None:
        """`told` hands a sentence to people, `name` is the breaker's in the audit."""
        self.breaker = Breaker(config, clock, self._changed)
        self._config, self._flag, self._flags = config, flag, flags
        self._tally, self._told, self._name = tally, told, name
        self._changes: deque[tuple[float, State, str]] = deque(maxlen=_REMEMBERED)

    async def watch(self, probe: Callable[[], Awaitable[bool]]) -> None:
        """One look: a probe if it is time for one, and what follows from it."""
        if self._off_by_alert:
            self.breaker.trip(f"{self._flag} was switched off by {self._by}")
        if self.breaker.probe_due:
            good = await probe()
            self._tally.count(metrics.SHADOWS, "good" if good else "bad")
            self.breaker.probed(good=good)
            if self.breaker.closed and self._off_by_alert:
                await self._restore()
        await self._audit()

    def measure(self) -> None:
        """Sets the gauge of the breaker."""
        self._tally.set(metrics.BREAKER, self.breaker.state.level)

    @property
    def _by(self) -> str:
        return self._flags.switched_by(self._flag)

    @property
    def _off_by_alert(self) -> bool:
        """Whether the flag is for us to switch on again; what a person switched off stays off."""
        off = not self._flags.enabled(self._flag)
        return self._config.auto_restore and off and self._by.startswith(ALERT)

    async def _restore(self) -> None:
        by, reason = self._by, f"{self._config.closes_after} shadow generations in a row were good"
        try:
            await self._flags.set(self._flag, True, actor="auto-restore", reason=reason)
        except StoreError:
            return  # still off, so the breaker is tripped again and the path probed anew
        await self._told(f"{self._flag} 다시 켬 · switched on again: {reason} (was off by {by})")

    def _changed(self, state: State, reason: str) -> None:
        self._tally.count(metrics.BREAKER_CHANGES, state)
        self._changes.append((time.time(), state, reason))
        _log.warning("the breaker of the generation path is %s: %s", state, reason)

    async def _audit(self) -> None:
        """Changes that Redis has not taken wait for the next look."""
        while self._changes:
            at, state, reason = self._changes[0]
            try:
                await self._flags.trail.write(
                    self._name, state, actor="breaker", reason=reason, at=at
                )
            except StoreError:
                return
            self._changes.popleft()
