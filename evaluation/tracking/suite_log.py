"""What one execution of a suite leaves behind, ready to be logged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from evaluation.dataset.scenario import Scenario
from evaluation.suite.result import Result

SUITES = "eventsmith-suites"
"""The experiment of all suites: arms of different suites stand in one table."""


@dataclass(frozen=True)
class DatasetLog:
    """The states every arm was asked about."""

    name: str
    digest: str
    """Of the file's content: another digest is another dataset."""
    scenarios: Sequence[Scenario]


@dataclass(frozen=True)
class ArmLog:
    """One prompt variant with one model and one way of sampling."""

    name: str
    """`variant/model/sampling`."""
    results: Sequence[Result]
    params: Mapping[str, str] = field(default_factory=dict[str, str])
    figures: Mapping[str, float] = field(default_factory=dict[str, float])
    """Become metrics; those that are no finite number are left out."""
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    """Such as `model` and `promptVersion`."""
    prompt: str = ""
    """The text of the prompt."""

    @property
    def fingerprint(self) -> str:
        """Of all that is logged of the arm: the same means there is nothing new to log."""
        digest = sha256(repr((self.name, self.prompt)).encode())
        for table in (self.params, self.figures, self.tags):
            digest.update(repr(sorted(table.items())).encode())
        for result in self.results:
            digest.update(result.model_dump_json().encode())
        return digest.hexdigest()[:16]


@dataclass(frozen=True)
class SuiteLog:
    """One execution of a suite: one parent run, one child run per arm."""

    execution: str
    """Identifies the execution; logging the same one again fills in what is missing."""
    suite: str
    dataset: DatasetLog
    arms: Sequence[ArmLog]
    context: Mapping[str, str] = field(default_factory=dict[str, str])
    """What produced it: `git.commit`, `git.dirty`, seeds, versions, machine."""
    artifacts: Path | None = None
    """A folder with report, plots and journal; all of it is kept with the parent run."""
    traces: int = 20
    """Generations per arm to keep as traces, at most; the same ones for every arm."""

    @property
    def results(self) -> list[Result]:
        """Of all arms."""
        return [result for arm in self.arms for result in arm.results]
