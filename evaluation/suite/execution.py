"""A suite's execution on disk: found again after an interruption, by what it asks."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from evaluation.suite.plan import Suite

State = Literal["generating", "generated", "logged"]


@dataclass(frozen=True, slots=True)
class Execution:
    """One folder: `execution.json`, `journal.jsonl`, and the report beside them."""

    folder: Path
    fingerprint: str
    state: State = "generating"
    facts: Mapping[str, str] = field(default_factory=dict[str, str])
    """Under what it was generated: commit, machine, what the targets said of themselves."""

    @property
    def id(self) -> str:
        """Names it in MLflow: suite and time."""
        return f"{self.folder.parent.name}-{self.folder.name}"

    @property
    def journal(self) -> Path:
        return self.folder / "journal.jsonl"

    @property
    def report(self) -> Path:
        """The folder of what a person reads."""
        return self.folder / "report"

    def become(self, state: State, **facts: str) -> "Execution":
        """The same, in its next state, and so on disk. Raises OSError when it cannot be written."""
        self.folder.mkdir(parents=True, exist_ok=True)
        changed = replace(self, state=state, facts={**self.facts, **facts})
        table = {
            "fingerprint": self.fingerprint,
            "state": state,
            "facts": dict(changed.facts),
        }
        written = self.folder / "execution.json.new"
        written.write_text(json.dumps(table, indent=1), "utf-8")
        written.replace(self.folder / "execution.json")
        return changed


def open_execution(suite: Suite, root: Path, *, fresh: bool) -> Execution:
    """The last one that asks the same and is not finished, or a new one."""
    folder = root / suite.config.name
    found = [] if fresh else sorted(folder.glob("*/execution.json"), reverse=True)
    for path in found:
        table = json.loads(path.read_text("utf-8"))
        if table["fingerprint"] == suite.fingerprint and table["state"] != "logged":
            return Execution(path.parent, suite.fingerprint, table["state"], table["facts"])
    name = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    return Execution(folder / name, suite.fingerprint).become("generating")
