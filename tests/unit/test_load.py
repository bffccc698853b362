"""Load tests without load: arrivals, profiles, players, and what an answer must be."""

import json
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from loadtest.answer import WrongAnswer, checked
from loadtest.arrivals import poisson
from loadtest.crowd import crowd
from loadtest.profiles import PROFILES, Step, profile
from serve.api.examples import EVENT_RESPONSE
from serve.domain.event import GameEvent
from serve.errors import ConfigurationError

EVENT = GameEvent.model_validate(EVENT_RESPONSE["event"])


def test_arrivals_are_a_seeded_poisson_process() -> None:
    steps = (Step(200, 20),)
    first, again, other = (list(poisson(steps, seed)) for seed in (1, 1, 2))
    assert first == again != other
    gaps = np.array([later.due_s - sooner.due_s for sooner, later in pairwise(first)])
    assert len(first) == pytest.approx(4000, rel=0.05)
    # Of exponential gaps the deviation equals the mean, and 1/e of them are longer than it.
    assert gaps.std() == pytest.approx(gaps.mean(), rel=0.05)
    assert (gaps > gaps.mean()).mean() == pytest.approx(np.exp(-1), abs=0.02)
    per_second = np.bincount([int(one.due_s) for one in first], minlength=200)
    assert per_second.var() == pytest.approx(per_second.mean(), rel=0.3)


def test_the_rate_follows_the_steps() -> None:
    steps = PROFILES["spike"].steps(10, 500)
    arrivals = list(poisson(steps, 0))
    assert [one.due_s for one in arrivals] == sorted(one.due_s for one in arrivals)
    counts = [sum(one.step == number for one in arrivals) for number in range(3)]
    assert counts == [pytest.approx(planned, rel=0.15) for planned in (2000, 10_000, 2000)]
    assert {one.step for one in arrivals if 200 < one.due_s < 300} == {1}


def test_profiles() -> None:
    steps = {name: each.steps() for name, each in PROFILES.items()}
    told = {
        name: (sum(one.seconds for one in each), each[0].rate, max(one.rate for one in each))
        for name, each in steps.items()
    }
    assert told == {
        "smoke": (30, 8, 8),
        "objective": (600, 10, 10),
        "ramp": (420, 10, pytest.approx(865, abs=1)),
        "spike": (300, 10, 100),
        "soak": (7200, 10, 10),
    }
    assert profile("objective").steps(20, 90) == (Step(90, 20),)


@pytest.mark.parametrize("name", ["rate", "seconds"])
def test_a_profile_refuses_what_is_below_zero(name: str) -> None:
    with pytest.raises(ConfigurationError, match="must be above 0"):
        PROFILES["smoke"].steps(**{name: -1})


def test_an_unknown_profile_is_refused_with_those_there_are() -> None:
    with pytest.raises(ConfigurationError, match="choose one of smoke, objective"):
        profile("storm")


def test_players_play_seeded_games_by_the_choices_they_take() -> None:
    def play(seed: int) -> list[dict[str, Any]]:
        players, asked = crowd(seed, 0.15, "run"), list[dict[str, Any]]()
        for _ in range(300):
            asking = players.next(1)
            asked.append(json.loads(asking.body))
            players.settle(asking, EVENT)
        return asked

    first, again, other = play(1), play(1), play(2)
    assert first == again != other
    by_player = dict[str, list[Any]]()
    for each in first:
        by_player.setdefault(each["playerId"], []).append(each["gameState"])
    assert len(by_player) > 150
    for states in by_player.values():
        turns = [state["currentTurn"] for state in states]
        assert turns == sorted(set(turns))
    assert {each["gameState"]["difficulty"] for each in first} == {"EASY", "NORMAL", "HARD"}


def test_nobody_is_asked_for_twice_at_once() -> None:
    players = crowd(0, 0.15, "run")
    waiting = [players.next(0.1).seat.number for _ in range(200)]  # more than the rate has players
    assert len(set(waiting)) == 200


def test_events_are_triggered_at_the_rate() -> None:
    """A player asks again after one over the rate turns, where the game lasts that long."""
    turns = dict[float, float]()
    for rate in (0.15, 0.6):
        players, gaps = crowd(0, rate, "run"), list[int]()
        seen = dict[str, int]()
        for _ in range(3000):
            asking = players.next(0.05)
            turn = asking.seat.game.state.current_turn
            if asking.seat.player in seen:
                gaps.append(turn - seen[asking.seat.player])
            seen[asking.seat.player] = turn
            players.settle(asking, None)
        turns[rate] = float(np.mean(gaps))
    assert turns[0.6] == pytest.approx(1 / 0.6, rel=0.1)
    assert turns[0.15] > 2 * turns[0.6]


@pytest.mark.parametrize(
    ("status", "changes", "failure"),
    [
        (200, {}, None),
        (503, {}, "status 503: no reason given"),
        (401, {}, "EVENTSMITH_API_KEY"),
        (429, {}, "requests_per_second_per_key"),
        (200, {"source": "dream"}, "source: Input should be 'pool'"),
        (200, {"requestId": ""}, "requestId: String should have at least 1"),
        (200, {"event": {}}, "event.eventId: Field required"),
        (200, {"eventId": ""}, "event.eventId: String should have at least 1"),
        (200, {"choices": []}, "event.choices: Tuple should have at least 2"),
        (200, {"choices": 5}, "event.choices: Tuple should have at most 4"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_answers_are_checked(status: int, changes: dict[str, Any], failure: str | None) -> None:
    told: dict[str, Any] = EVENT.model_dump(mode="json", by_alias=True)
    if changes.get("choices") == 5:
        changes = {"choices": told["choices"][:1] * 5}
    inner = {name: changes.pop(name) for name in list(changes) if name in told}
    answer = EVENT_RESPONSE | {"event": told | inner} | changes
    if failure is None:
        assert checked(status, json.dumps(answer).encode()).event.model_dump() == EVENT.model_dump()
        return
    with pytest.raises(WrongAnswer, match=failure):
        checked(status, json.dumps(answer).encode())


def test_the_reason_of_a_problem_is_told() -> None:
    with pytest.raises(WrongAnswer, match=r"status 422: gameState\.cash: must be an integer"):
        checked(422, b'{"title": "Not valid", "detail": "gameState.cash: must be an integer"}')


def test_a_body_that_is_no_json_is_a_wrong_answer() -> None:
    with pytest.raises(WrongAnswer, match="body: Invalid JSON"):
        checked(200, b"<html>")
