"""How much load comes when: a table of profiles."""

from dataclasses import dataclass
from typing import NamedTuple

from serve.errors import ConfigurationError


class Step(NamedTuple):
    """A stretch of time at one rate."""

    seconds: float
    rate: float
    """Requests a second, on average."""
    judged: bool = True
    """False: warms up, is shown, and counts for no objective."""


class Stretch(NamedTuple):
    """A step before rate and duration are known."""

    part: float
    """Of the run's duration, in parts of whatever all stretches add up to."""
    times: float
    """Of the run's rate."""
    judged: bool = True


@dataclass(frozen=True, slots=True)
class Profile:
    """A shape of load, for any rate and duration."""

    name: str
    what: str
    rate: float
    """Requests a second unless the command says otherwise."""
    seconds: float
    """Of the whole run unless the command says otherwise."""
    stretches: tuple[Stretch, ...] = (Stretch(1, 1),)
    climbs: bool = False
    """Ends at the first step that misses an objective; the highest rate that kept them counts."""
    cold: bool = False
    """Too short for the pool to fill: what takes a full one is shown and not judged."""

    def steps(self, rate: float = 0, seconds: float = 0) -> tuple[Step, ...]:
        """Its steps; 0 leaves the profile's own rate or duration. Raises ConfigurationError."""
        if rate < 0 or seconds < 0:
            field = "rate" if rate < 0 else "duration"
            raise ConfigurationError(f"{field}: must be above 0, or left out for the profile's own")
        unit = (seconds or self.seconds) / sum(each.part for each in self.stretches)
        return tuple(
            Step(each.part * unit, each.times * (rate or self.rate), each.judged)
            for each in self.stretches
        )


_CLIMB = 1.5
_RUNGS = 12
_MINUTE = 60

PROFILES = {
    profile.name: profile
    for profile in (
        Profile("smoke", "does everything work, in half a minute", 8, 30, cold=True),
        Profile("objective", "the product's need: ten requests a second", 10, 10 * _MINUTE),
        Profile(
            "ramp",
            "half as many again from step to step, until an objective is missed",
            10,
            30 * (2 + _RUNGS),
            (Stretch(2, 1, judged=False), *(Stretch(1, _CLIMB**rung) for rung in range(_RUNGS))),
            climbs=True,
        ),
        Profile(
            "spike",
            "ten times the load for a minute, and back",
            10,
            5 * _MINUTE,
            (Stretch(2, 1), Stretch(1, 10), Stretch(2, 1)),
        ),
        Profile("soak", "the product's need for hours", 10, 120 * _MINUTE),
    )
}


def profile(name: str) -> Profile:
    """By its name. Raises ConfigurationError."""
    try:
        return PROFILES[name]
    except KeyError:
        raise ConfigurationError(
            f"profile: there is no {name!r}; choose one of {', '.join(PROFILES)}"
        ) from None
