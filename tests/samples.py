"""States, drafts and events the tests share."""

import time
from pathlib import Path
from typing import Any

import yaml
from fakes import GOOD_DRAFT
from hypothesis import strategies as st

from serve.domain.balance import BalancePolicy
from serve.domain.brief import Situation
from serve.domain.event import EventDraft, EventType
from serve.domain.state import CANONICAL_INFRASTRUCTURE, Difficulty, GameState, Locale
from serve.pool import PooledDraft, pool_key
from serve.quality import Quality

POLICY = BalancePolicy.parse(yaml.safe_load(Path("configs/balance.yaml").read_text("utf-8")))
STATE = GameState(
    current_turn=8, cash=42_000_000, users=1200, trust=55, infrastructure=("EC2", "RDS")
)


@st.composite
def states(draw: st.DrawFn) -> GameState:
    """Every state in which a game goes on, the edges often."""
    difficulty = draw(st.sampled_from(Difficulty))
    lines = POLICY.lines[difficulty]
    line = lines.bankruptcy
    users = draw(st.one_of(st.just(0), st.just(1), st.integers(0, 200_000)))
    return GameState(
        current_turn=draw(st.integers(1, 30)),
        difficulty=difficulty,
        cash=draw(st.one_of(st.just(line), st.just(0), st.integers(line, 2_000_000_000)))
        if line <= 0
        else draw(st.integers(line, 2_000_000_000)),
        users=users,
        trust=draw(st.integers(lines.outage if users else 0, 100)),
        infrastructure=tuple(draw(st.sets(st.sampled_from(CANONICAL_INFRASTRUCTURE)))),
    )


def pooled(
    draft_id: str = "d1", *, age: float = 0, state: GameState = STATE, **changes: Any
) -> PooledDraft:
    """A draft in the pool of the sample state."""
    situation = Situation.of(state, Locale.KO, POLICY)
    fields: dict[str, Any] = {
        "draft_id": draft_id,
        "key": pool_key(situation, "p1", "m1"),
        "locale": Locale.KO,
        "event_type": EventType.INFRASTRUCTURE_CRISIS,
        "draft": EventDraft.model_validate(GOOD_DRAFT),
        "quality": Quality(consistency=22, balance=22, fun=22, education=22),
        "prompt_version": "p1",
        "model": "m1",
        "seed": 7,
        "created_at": time.time() - age,
        "timings_ms": {"engine": 900.0, "firstToken": 50.0},
    }
    return PooledDraft(**(fields | changes))
