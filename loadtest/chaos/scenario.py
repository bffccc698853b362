"""One thing that breaks, and what came of it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from loadtest.chaos.grounds import Grounds

Injected = Callable[[Grounds], AbstractContextManager[None]]


class Skipped(Exception):
    """This machine cannot do it; the message says why and what to install."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One way to break the platform under load."""

    name: str
    what: str
    inject: Injected
    hold_s: float = 0.0
    """How long until it is taken back; 0: nobody does, the platform mends itself."""
    gap_s: float = 0.0
    """For so long after the injection nobody may be there to answer: the documented gap."""
    ends: bool = False
    """The platform is gone afterwards: connections are refused, and nothing is recovered from."""
