"""A soak that is over, or was stopped."""

from collections.abc import Sequence
from dataclasses import dataclass

from loadtest.soak.ledger import Ledger
from loadtest.soak.sampler import Life


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that was measured, and what had been asked for."""

    command: str
    planned_s: float
    elapsed_s: float
    rate: float
    seed: int
    planned_faults: int
    ledger: Ledger
    lives: Sequence[Life]

    @property
    def stopped_early(self) -> bool:
        return self.elapsed_s < self.planned_s
