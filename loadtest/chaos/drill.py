"""Scenarios one after the other, under one load: inject, hold, take back, wait until whole."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from threading import Event

import httpx
import psutil

from loadtest.chaos.grounds import Grounds
from loadtest.chaos.scenario import Scenario, Skipped
from loadtest.chaos.tally import Tally, tally
from loadtest.soak.director import follow
from loadtest.soak.ledger import Episode
from loadtest.soak.reply import Reply
from serve.errors import EventsmithError

CALM = Scenario("undisturbed", "nothing is broken", lambda _: nullcontext(), hold_s=8)
_TAIL_S, _UNNOTICED_S = 2.0, 4.0
_PATIENCE_S, _POLL_S = 60.0, 0.25
_FILLING_S, _RECENT_S, _FULL = 120.0, 10.0, 0.8
_STORED = ("pool", "stale")


class Replies:
    """What the players have got so far; one thread adds to it, another reads."""

    def __init__(self) -> None:
        self._all = list[Reply]()
        self.take = self._all.append

    def due(self, since_s: float, until_s: float) -> list[Reply]:
        """Those that were to be sent within that time, by the machine's monotonic clock."""
        return [one for one in list(self._all) if since_s <= one.due_s < until_s]

    def until_full(self, over: Event) -> float:
        """Waits until the pool has answered most players for ten seconds, two minutes at the most; the share
        it answers. Sooner would be too soon: replicas answer from their copies for a moment."""
        share, began = 0.0, time.monotonic()
        while share < _FULL and time.monotonic() < began + _FILLING_S and not over.wait(1):
            now = time.monotonic()
            recent = self.due(now - _RECENT_S, now)
            if now > began + _RECENT_S and recent:
                share = sum(one.source in _STORED for one in recent) / len(recent)
        return share


@dataclass(frozen=True, slots=True)
class Result:
    """One scenario as it went; times by the machine's monotonic clock."""

    scenario: Scenario
    episode: Episode
    seen: Tally
    skipped: str = ""
    """Why it was not done."""

    @property
    def calm(self) -> bool:
        """Whether nothing was broken."""
        return self.scenario is CALM


class Drill:
    """The scenarios of one platform."""

    def __init__(
        self, grounds: Grounds, replies: Replies, over: Event, tell: Callable[[str], None]
    ) -> None:
        """`over` ends it: what is broken is taken back at once."""
        self._grounds, self._replies, self._over, self._tell = grounds, replies, over, tell
        self._done = list[tuple[Scenario, Episode, float, str]]()
        self._began = time.monotonic()

    def run(self, scenarios: Sequence[Scenario]) -> None:
        """Each on a platform that is whole, with a full pool: what empties one may not be the next one's."""
        for scenario in (CALM, *scenarios):
            if self._over.is_set():
                return
            self._until_whole()
            self._tell(f"{scenario.name}: {scenario.what}")
            episode, skipped = self._broken(scenario)
            self._over.wait(_TAIL_S)
            if not scenario.ends:
                self._replies.until_full(self._over)
            self._done.append((scenario, episode, time.monotonic(), skipped))
            self._tell(line(self.results()[-1]))

    def results(self) -> list[Result]:
        """Every reply belongs to one scenario: what is due after one ends is the next one's. They
        are complete when nothing is under way."""
        begun, results = self._began, list[Result]()
        for scenario, episode, ended, skipped in self._done:
            replies = self._replies.due(begun, ended)
            seen = tally(replies, episode.began_s, gap_s=scenario.gap_s, ends=scenario.ends)
            results.append(Result(scenario, episode, seen, skipped))
            begun = ended
        return results

    def _broken(self, scenario: Scenario) -> tuple[Episode, str]:
        """What was seen of it, and why it was skipped."""
        episode = Episode(scenario.name, bool(scenario.gap_s), time.monotonic())
        try:
            with ExitStack() as healing:
                healing.enter_context(scenario.inject(self._grounds))
                if not scenario.ends:
                    self._follow(scenario, episode, healing)
        except Skipped as skipped:
            return episode, str(skipped)
        except (EventsmithError, httpx.HTTPError, psutil.Error, OSError) as error:
            episode.note = f"{type(error).__name__}: {error}"
        if episode.recovered_s is None and not (episode.note or scenario.ends):
            episode.note = "not recovered from"
        return episode, ""

    def _follow(self, scenario: Scenario, episode: Episode, healing: ExitStack) -> None:
        clock, whole = time.monotonic, self._grounds.whole
        follow(episode, scenario.hold_s, whole, healing, clock, self._over, _UNNOTICED_S)

    def _until_whole(self) -> None:
        end = time.monotonic() + _PATIENCE_S
        while not self._grounds.whole() and time.monotonic() < end:
            if self._over.wait(_POLL_S):
                return


def line(result: Result) -> str:
    """Progress."""
    one, seen = result.episode, result.seen
    if result.skipped:
        return f"  SKIPPED {one.fault}: {result.skipped}"
    return (
        f"  {seen.requests} requests, invalid {seen.invalid}, late {seen.late} "
        f"({seen.late_by_generator} by the generator), unanswered {seen.unanswered}, in the gap "
        f"{seen.gap}, p50 {seen.p50_ms:.0f} p99 {seen.p99_ms:.0f} max {seen.slowest_ms:.0f} ms, "
        f"{dict(seen.sources)}, noticed {since(one.detected_s, one.began_s)}, recovered "
        f"{since(one.recovered_s, one.began_s)} ({since(one.recovered_s, one.healed_s)} after its end) "
        f"{one.note} {dict(seen.details) or ''}"
    )


def since(later: float | None, sooner: float | None) -> str:
    """Seconds between the two."""
    return "–" if later is None or sooner is None else f"{max(later - sooner, 0):.1f} s"
