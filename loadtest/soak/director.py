"""Injects the faults when they are due, and watches what the platform says about each."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from threading import Event, Thread

import httpx
import psutil

from loadtest.soak.faults import FAULTS, Fault
from loadtest.soak.ledger import Episode, Ledger
from loadtest.soak.schedule import Planned
from loadtest.soak.stage import Stage
from serve.errors import EventsmithError

_POLL_S = 0.25
_PATIENCE_S = 300.0
"""After this a fault has not been recovered from; a platform that starts has as long."""
_UNNOTICED_S = 15.0
"""Taken back for so long without the platform having noticed: nothing more is waited for."""


class Director(Thread):
    """One fault at a time, each on a platform that is whole."""

    def __init__(
        self, stage: Stage, plan: Sequence[Planned], ledger: Ledger, began: float, over: Event
    ) -> None:
        """`over` ends it: the fault that is under way is taken back at once."""
        super().__init__(name="director", daemon=True)
        self._stage, self._plan, self._ledger = stage, plan, ledger
        self._began, self._over = began, over

    def run(self) -> None:
        for number, planned in enumerate(self._plan):
            if self._over.wait(max(planned.due_s - self._now(), 0)):
                return
            following = self._plan[number + 1 :]
            last_s = following[0].due_s if following else planned.due_s + _PATIENCE_S
            if self._until_whole(last_s):
                self._inject(FAULTS[planned.fault])

    def _inject(self, fault: Fault) -> None:
        episode = Episode(fault.name, fault.gap, self._now())
        self._ledger.episodes.append(episode)
        try:
            with ExitStack() as healing:
                healing.enter_context(fault.inject(self._stage))
                follow(episode, fault.hold_s, self._stage.whole, healing, self._now, self._over)
        except (EventsmithError, httpx.HTTPError, psutil.Error, OSError) as error:
            episode.note = f"{type(error).__name__}: {error}"

    def _until_whole(self, last_s: float) -> bool:
        """Whether the platform is whole before it is too late for this fault."""
        while not self._stage.whole():
            if self._now() > last_s or self._over.wait(_POLL_S):
                return False
        return not self._over.is_set()

    def _now(self) -> float:
        return time.monotonic() - self._began


def follow(
    episode: Episode,
    hold_s: float,
    whole: Callable[[], bool],
    healing: ExitStack,
    clock: Callable[[], float],
    over: Event,
    unnoticed_s: float = _UNNOTICED_S,
) -> None:
    """Until the platform has noticed the fault and got over it; `healing` takes the fault back.

    `clock` tells seconds since the start; a fault that nobody notices is waited for so long after it
    was taken back.
    """
    while clock() < episode.began_s + _PATIENCE_S:
        is_whole, now = whole(), clock()
        if not is_whole and episode.detected_s is None:
            episode.detected_s = now
        if episode.healed_s is None:
            if now >= episode.began_s + hold_s:
                healing.close()
                episode.healed_s = clock() if hold_s else episode.began_s
        elif is_whole and (episode.detected_s or now > episode.healed_s + unnoticed_s):
            episode.recovered_s = now
            return
        if over.wait(_POLL_S):
            episode.note = "cut short"
            return
