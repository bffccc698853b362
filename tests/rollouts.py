"""A roll-out in simulated time: two arms whose players, drafts and faults follow given rates."""

from collections import defaultdict
from dataclasses import dataclass, field
from random import Random

from fakes import MemoryStore

from serve.metrics import POINTS
from serve.release.arms import CANDIDATE, CURRENT
from serve.release.assessment import Counted
from serve.release.board import RolloutBoard
from serve.release.controller import Controller
from serve.release.desk import RolloutDesk
from serve.release.flags import FlagBoard
from serve.release.rollout import Rollout, Status
from serve.settings import RolloutConfig
from serve.tally import Tally

HOUR = 3600.0
NAME = "p2:m1"


@dataclass(frozen=True)
class Rates:
    """How an arm does."""

    errors: float = 0.002
    late: float = 0.01
    discards: float = 0.1
    quality: float = 88.0


@dataclass
class World:
    """Redis, a clock and traffic; `candidate` tells how the candidate does at a share of players."""

    per_hour: float = 3600
    current: Rates = Rates()
    seed: int = 1
    config: RolloutConfig = field(default_factory=RolloutConfig)
    time: float = 1_000_000.0
    lifetime: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    recent: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    messages: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.store, self.tally, self.rng = MemoryStore(), Tally(), Random(self.seed)
        self.board, self.flags, self.desk, self.controller = self.replica()

    def replica(self) -> tuple[RolloutBoard, FlagBoard, RolloutDesk, Controller]:
        """One process that shares the store with the others."""
        board = RolloutBoard(self.store, self.tally, NAME, lambda: self.time)
        flags = FlagBoard(self.store, {"llm-events": False}, self.tally)
        desk = RolloutDesk(
            self.config, board, flags, "llm-events", self.counted, self.tell, lambda: self.time
        )
        return board, flags, desk, Controller(desk, self.store)

    async def counted(self) -> Counted:
        return Counted(dict(self.lifetime), dict(self.recent))

    async def tell(self, sentence: str) -> None:
        self.messages.append(sentence)

    @property
    def rollout(self) -> Rollout:
        assert self.board.rollout is not None
        return self.board.rollout

    async def pass_time(self, hours: float, candidate: Rates, look_every_s: float = 600) -> None:
        """Traffic flows and the controller looks, until the end or until the roll-out is over."""
        for _ in range(round(hours * HOUR / look_every_s)):
            self.time += look_every_s
            self.recent.clear()
            requests = self.per_hour * look_every_s / HOUR
            self.serve(CANDIDATE, requests * self.rollout.share, candidate)
            self.serve(CURRENT, requests * (1 - self.rollout.share), self.current)
            await self.controller.watch()
            if self.rollout.status in (Status.COMPLETED, Status.ROLLED_BACK):
                return

    def serve(self, arm: str, requests: float, rates: Rates) -> None:
        """A tenth of the requests also brings an attempt at a draft."""
        count = int(requests) + (self.rng.random() < requests % 1)
        drafts = round(count / 10)
        faults = self._drawn(count, rates.errors)
        late = self._drawn(count, rates.late)
        lost = self._drawn(drafts, rates.discards)
        for name, amount in (
            (f"llm_arm_requests_total|{arm}|no_draft", faults),
            (f"llm_arm_requests_total|{arm}|late", late),
            (f"llm_arm_requests_total|{arm}|good", count - faults - late),
            (f"llm_arm_drafts_total|{arm}|rejected", lost),
            (f"llm_arm_drafts_total|{arm}|kept", drafts - lost),
        ):
            self._add(name, amount)
        for _ in range(drafts):
            points = min(100.0, max(0.0, self.rng.gauss(rates.quality, 6)))
            bucket = sum(points > bound for bound in POINTS)
            self._add(f"llm_arm_quality_score_le|{arm}|{bucket}", 1)
            self._add(f"llm_arm_quality_score_sum|{arm}", points)

    def _drawn(self, count: int, rate: float) -> int:
        return sum(self.rng.random() < rate for _ in range(count))

    def _add(self, name: str, amount: float) -> None:
        self.lifetime[name] += amount
        self.recent[name] += amount
