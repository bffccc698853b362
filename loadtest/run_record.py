"""Everything one run sent, as it goes: progress while it runs, the verdict when it is over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from loadtest.figures import figures
from loadtest.profiles import Profile, Step
from loadtest.sent import Sent
from loadtest.verdict import Verdict, judge, rows

OUT = Path(".eventsmith/load")
"""Where runs are reported unless the command says otherwise, a folder for each profile."""
FIGURES = "figures.json"
"""The file of a run's folder for machines."""


@dataclass
class RunRecord:
    """A run of a profile at some rate."""

    profile: Profile
    steps: Sequence[Step]
    seed: int
    url: str
    requests: list[Sent] = field(default_factory=list[Sent])
    elapsed_s: float = 0.0
    """How long requests have been sent."""
    players: int = 0

    @property
    def planned_s(self) -> float:
        return sum(step.seconds for step in self.steps)

    @property
    def stopped_early(self) -> bool:
        return self.elapsed_s < self.planned_s

    def verdict(self) -> Verdict:
        return judge(self.profile, self.steps, self.requests, self.elapsed_s)

    def climbed_too_high(
        self, under_way: Mapping[int, int], step: int, *, stuck: bool = False
    ) -> bool:
        """Whether a profile that climbs is done: `step`, the present one, fails or is `stuck`, or
        the last one that is wholly answered has missed an objective."""
        if not self.profile.climbs or not self.steps[step].judged:
            return False
        over = [
            number
            for number, each in enumerate(self.steps[:step])
            if each.judged and not under_way.get(number)
        ]
        failed = any(one.error for one in self.requests if one.step == step)
        return stuck or failed or (bool(over) and not self._kept(over[-1]))

    def line(self, seconds: float, waiting: int) -> str:
        """Progress: the last so many seconds in a line."""
        recent = [one for one in self.requests if one.due_s > self.elapsed_s - seconds]
        found = figures(recent)
        return (
            f"{self.elapsed_s:5.0f} of {self.planned_s:.0f} s  "
            f"{len(recent) / seconds:6.1f} req/s  p50 {found.p50_ms:6.0f} ms  "
            f"p95 {found.p95_ms:6.0f} ms  hits {100 * found.hit_rate:3.0f} %  "
            f"static {100 * found.static_share:3.0f} %  errors {found.errors}  waiting {waiting}"
        )

    def _kept(self, step: int) -> bool:
        found = figures([one for one in self.requests if one.step == step])
        return all(row.met for row in rows(self.profile, found) if row.judged)
