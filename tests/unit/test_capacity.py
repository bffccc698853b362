"""The calculator: what grows with players, and by how much."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serve.capacity import Demand, Supply, capacity, generations_per_event
from serve.cli import main

ENGINE = Supply(engine_events_per_s=10, hit_cpu_ms=0.2)


def test_the_worked_example_of_the_document() -> None:
    found = capacity(Demand(4_000), ENGINE, generations=0.35)
    assert found.events_per_s == 10
    assert found.generations_per_s == pytest.approx(3.5)
    assert (found.engines, found.api_replicas) == (2, 2)


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_more_players_share_more_and_still_need_no_less(one: int, other: int) -> None:
    few, many = sorted((one, other))
    assert generations_per_event(many) <= generations_per_event(few)
    assert capacity(Demand(many), ENGINE).engines >= capacity(Demand(few), ENGINE).engines


def test_a_faster_game_needs_more() -> None:
    slow, fast = (capacity(Demand(100_000, turn_s=turn), ENGINE) for turn in (60, 10))
    assert fast.events_per_s == 6 * slow.events_per_s
    assert fast.engines > slow.engines


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["capacity", "--players", "4000", "--engine-events-per-s", "10"])
    assert ended.value.code == 0
    assert "10.00 a second" in capsys.readouterr().out


@pytest.mark.parametrize("players", ["0", "-3", "many"])
def test_a_wrong_number_names_its_option(players: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["capacity", "--players", players, "--engine-events-per-s", "10"])
    assert ended.value.code == 2
    assert "--players" in capsys.readouterr().err
