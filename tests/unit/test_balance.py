"""`resolve` and the rules, over all states a game can reach."""

from typing import Any

import pytest
from fakes import GOOD_DRAFT
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import POLICY, states

from serve.domain.balance import BalancePolicy, resolve, round_figure
from serve.domain.event import EventDraft, EventType, GameEvent
from serve.domain.rules import violations
from serve.domain.state import GameState, Locale
from serve.errors import ConfigurationError

levels = st.tuples(*(st.integers(-3, 3) for _ in range(3)))


def resolved(draft: EventDraft, state: GameState, seed: str = "s") -> GameEvent:
    return resolve(draft, EventType.TEAM_EVENT, state, POLICY, event_id="e", seed=seed)


def draft_with(*choices: tuple[int, int, int]) -> EventDraft:
    table: dict[str, Any] = {**GOOD_DRAFT, "choices": []}
    for index, (cash, users, trust) in enumerate(choices):
        text = GOOD_DRAFT["choices"][index % 2]
        table["choices"].append(
            text | {"cash": cash, "users": users, "trust": trust, "text": f"{text['text']} {index}"}
        )
    return EventDraft.model_validate(table)


@settings(max_examples=400, deadline=None)
@given(states(), levels, levels, st.text("abc", min_size=1, max_size=4))
def test_figures_stay_within_band_and_bounds(
    state: GameState, one: tuple[int, int, int], two: tuple[int, int, int], seed: str
) -> None:
    event = resolved(draft_with(one, two), state, seed)
    broken = {violation.rule for violation in violations(event, state, POLICY, Locale.KO)}
    assert broken <= {"balance.dominated", "balance.lethal"}


@settings(max_examples=400, deadline=None)
@given(states(), levels, levels)
def test_levels_keep_their_order_and_sign(
    state: GameState, one: tuple[int, int, int], two: tuple[int, int, int]
) -> None:
    first, second = (choice.effects for choice in resolved(draft_with(one, two), state).choices)
    for name, index in (("cash_delta", 0), ("users_delta", 1), ("trust_delta", 2)):
        amounts = getattr(first, name), getattr(second, name)
        if one[index] <= two[index]:
            assert amounts[0] <= amounts[1]
        assert amounts[0] * one[index] >= 0
    if one[0] != two[0]:
        assert first.cash_delta != second.cash_delta


@given(states())
def test_the_same_seed_gives_the_same_figures(state: GameState) -> None:
    draft = draft_with((-2, 2, 1), (1, -1, -1))
    assert resolved(draft, state, "x") == resolved(draft, state, "x")


@settings(max_examples=300, deadline=None)
@given(states())
def test_a_trade_off_with_a_safe_choice_keeps_every_rule(state: GameState) -> None:
    event = resolved(draft_with((-2, 2, 1), (1, -1, 0)), state)
    assert violations(event, state, POLICY, Locale.KO) == ()


@pytest.mark.parametrize(
    ("amount", "figure"),
    [(0, 0), (7.9, 7), (10, 10), (14, 10), (16, 15), (99, 95), (6_250_000, 6_000_000), (173, 150)],
)
def test_round_figure(amount: float, figure: int) -> None:
    assert round_figure(amount) == figure


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"bands": {}}, "bands.early is missing"),
        ({"smallest": 0}, "smallest"),
        ({"surprise": 1}, "surprise"),
    ],
    ids=["band", "value", "unknown"],
)
def test_a_wrong_table_is_named(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        BalancePolicy.parse(POLICY.model_dump() | change)
