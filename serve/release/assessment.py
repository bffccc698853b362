"""What is known of a roll-out now: of its present stage, and of the last five minutes."""

from typing import NamedTuple

from serve.release.arms import (
    ALPHA,
    CANDIDATE,
    CURRENT,
    RECENT_ALPHA,
    Arm,
    Fields,
    Finding,
    Verdict,
    findings,
    verdict,
)
from serve.release.rollout import Rollout
from serve.settings import RolloutConfig

_PREFIX = "llm_arm_"


class Counted(NamedTuple):
    """The arms' counters: since ever, and of the last five minutes."""

    lifetime: Fields
    recent: Fields


class Assessment(NamedTuple):
    """The verdict, and what it rests on."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    """Of the present stage; of the last five minutes where these show a breach."""
    due: bool
    """Whether the stage has lasted as long as it must."""

    @property
    def breach(self) -> str:
        """The first breach in words; empty where there is none."""
        found = next((one for one in self.findings if one.verdict is Verdict.BREACH), None)
        if found is None:
            return ""
        figure = f"{found.figure} {found.candidate.value:.3g} of {found.candidate.cases}"
        current = f", current {found.current.value:.3g}" if found.current else ""
        return f"{figure} (limit {found.limit:g}{current})"


def assess(rollout: Rollout, counted: Counted, config: RolloutConfig, now: float) -> Assessment:
    """Of a roll-out under way, at a Unix time."""
    # With all players in one arm nobody is left to compare them with.
    compared = rollout.subject == "candidate" and rollout.share < 1
    stage = _found(_since(counted.lifetime, rollout.baseline), compared, config, ALPHA)
    recent = _found(counted.recent, compared, config, RECENT_ALPHA)
    breaches = [finding for finding in recent if finding.verdict is Verdict.BREACH]
    due = now - rollout.since >= config.hold_hours * 3600
    worst = Verdict.BREACH if breaches else verdict(stage)
    return Assessment(worst, tuple(breaches or stage), due)


def of_arms(fields: Fields) -> dict[str, float]:
    """The counters that belong to arms."""
    return {name: amount for name, amount in fields.items() if name.startswith(_PREFIX)}


def _found(fields: Fields, compared: bool, config: RolloutConfig, alpha: float) -> list[Finding]:
    current = Arm.read(fields, CURRENT, alpha) if compared else None
    return findings(Arm.read(fields, CANDIDATE, alpha), current, config)


def _since(lifetime: Fields, baseline: Fields) -> dict[str, float]:
    """What was counted since then; a counter that went back was lost with Redis, and tells nothing."""
    since = {name: amount - baseline.get(name, 0.0) for name, amount in of_arms(lifetime).items()}
    return {name: amount for name, amount in since.items() if amount > 0}
