"""Effects within the band, worth choosing between, survivable, none dominated."""

from pathlib import Path

import pytest
import yaml

from serve.domain.balance import BalancePolicy
from serve.domain.event import Choice, Effects, EventType, GameEvent, Severity
from serve.domain.state import Difficulty, GameState
from serve.quality.balance import balance

POLICY = BalancePolicy.parse(yaml.safe_load(Path("configs/balance.yaml").read_text("utf-8")))
STATE = GameState(current_turn=3, cash=10_000_000, users=400, trust=50)

Deltas = tuple[int, int, int]


def event(*deltas: Deltas) -> GameEvent:
    return GameEvent(
        event_id="e",
        event_type=EventType.TEAM_EVENT,
        severity=Severity.MEDIUM,
        title="title",
        description="description",
        choices=tuple(
            Choice(
                choice_id="abcd"[index],
                text=f"choice {index}",
                effects=Effects(cash_delta=cash, users_delta=users, trust_delta=trust),
                result_text="result",
            )
            for index, (cash, users, trust) in enumerate(deltas)
        ),
    )


@pytest.mark.parametrize(
    ("deltas", "state", "expected"),
    [
        ([(-5_000_000, 100, 2), (5_000_000, -50, 0)], STATE, []),
        ([(-90_000_000, 100, 2), (5_000_000, -50, 0)], STATE, ["larger", "ends the game at once"]),
        ([(5_000_000, 100, 0), (5_000_000, -50, 0)], STATE, ["nowhere better"]),
        ([(5_000_000, 0, 0), (5_000_000, 0, 0)], STATE, ["nowhere", "nowhere", "almost the same"]),
        ([(10_000, 0, 0), (0, 2, 0)], STATE, ["too small", "too small", "almost the same"]),
        ([(5_000_000, 0, -48), (-5_000_000, -450, 2)], STATE, ["larger", "at once", "below zero"]),
        (
            [(-45_000_000, 100, 0), (-48_000_000, 200, 0)],
            STATE.model_copy(update={"cash": 0}),
            ["Every choice ends"],
        ),
        (
            [(-45_000_000, 100, 0), (5_000_000, -50, 0)],
            STATE.model_copy(update={"cash": 0, "difficulty": Difficulty.EASY}),
            [],
        ),
    ],
    ids=[
        "good", "over the band", "dominated", "the same twice", "trivial", "out of range",
        "lethal", "no cash is a state like any other",
    ],
)  # fmt: skip
def test_balance(deltas: list[Deltas], state: GameState, expected: list[str]) -> None:
    found = [reason.en for reason in balance(event(*deltas), state, POLICY)]

    assert len(found) == len(expected), found
    assert all(any(part in en for en in found) for part in expected), found


def test_every_reason_is_of_the_dimension_and_costs_points() -> None:
    reasons = list(balance(event((0, 0, 0), (0, 0, 0)), STATE, POLICY))

    assert {reason.dimension for reason in reasons} == {"balance"}
    assert all(reason.points > 0 and reason.ko and reason.field for reason in reasons)
