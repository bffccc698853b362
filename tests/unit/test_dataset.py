"""Datasets: what ships covers what it should, and a wrong file is told where."""

from collections import Counter
from pathlib import Path

import pytest
from samples import POLICY

from evaluation.commands.dataset import register
from evaluation.dataset import Origin, available, parse_dataset, read_dataset, to_lines
from serve.domain.state import (
    Difficulty,
    GameState,
    InfrastructureTier,
    Locale,
    MoneyPressure,
    Stage,
)
from serve.errors import ConfigurationError

LINE = '{"id": "a-1", "gameState": {"currentTurn": 3, "cash": 0, "users": 0, "trust": 50}}'


def states(name: str) -> list[GameState]:
    return [one.game_state for one in read_dataset(name).scenarios]


def test_the_standard_dataset_covers_stages_difficulties_and_tiers() -> None:
    dataset = read_dataset("standard")
    origins = Counter(one.origin for one in dataset.scenarios)
    assert origins[Origin.PLAYED] >= 120
    assert origins[Origin.HANDMADE] >= 24
    cells = Counter((one.stage, one.difficulty) for one in states("standard"))
    assert all(cells[stage, difficulty] >= 5 for stage in Stage for difficulty in Difficulty)
    pressures = Counter(POLICY.money_pressure(one) for one in states("standard"))
    assert min(pressures[pressure] for pressure in MoneyPressure) >= 15
    tiers = Counter(one.infrastructure_tier for one in states("standard"))
    assert min(tiers[tier] for tier in InfrastructureTier) >= 10
    assert sum(one.locale is Locale.EN for one in dataset.scenarios) >= 24


def test_every_player_that_was_played_goes_on() -> None:
    for one in read_dataset("standard").scenarios:
        state = one.game_state
        if one.origin is Origin.PLAYED:
            assert POLICY.alive(state, state.cash, state.users, state.trust), one.id


def test_what_is_made_by_hand_says_why() -> None:
    handmade = read_dataset("handmade").scenarios
    assert all(one.note and one.id.startswith("handmade-") for one in handmade)
    assert {0, 1} <= {one.game_state.cash for one in handmade}
    assert set(handmade) <= set(read_dataset("standard").scenarios)


def test_what_ships_is_what_the_command_writes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import argparse

    parser = argparse.ArgumentParser()
    register(parser.add_subparsers())
    arguments = parser.parse_args(["dataset", "generate", "--out", str(tmp_path)])
    assert arguments.run(arguments) == 0
    for name in ("standard", "smoke"):
        shipped = Path(f"evaluation/dataset/files/{name}.jsonl")
        assert (tmp_path / f"{name}.jsonl").read_bytes() == shipped.read_bytes()
    arguments = parser.parse_args(["dataset", "show", "standard"])
    assert arguments.run(arguments) == 0
    assert read_dataset("standard").digest in capsys.readouterr().out


def test_a_spread_takes_of_everything_and_is_always_the_same() -> None:
    dataset = read_dataset("standard")
    few = dataset.spread(15)
    assert len(few.scenarios) == 15
    assert len({(one.game_state.stage, one.game_state.difficulty) for one in few.scenarios}) == 15
    assert few == dataset.spread(15)
    assert dataset.spread(10_000) == dataset
    assert few.digest != dataset.digest


def test_a_dataset_read_again_is_the_same() -> None:
    dataset = read_dataset("standard")
    again = parse_dataset(to_lines(dataset.scenarios), "standard")
    assert again == dataset
    assert again.digest == dataset.digest


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no scenario"),
        (LINE + "\n\n" + LINE, "mine:3: id: a-1 stands in line 1 already"),
        (LINE + "\n{", "mine:2: is not JSON"),
        (LINE.replace("50", "500"), "mine:1: gameState.trust"),
        (LINE.replace("a-1", "A 1"), "mine:1: id"),
    ],
)
def test_a_wrong_dataset_is_told_where(text: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        parse_dataset(text, "mine")


def test_an_unknown_dataset_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="there are handmade, smoke, standard"):
        read_dataset("nope")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_dataset(str(tmp_path / "nope.jsonl"))
    (tmp_path / "odd.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match="is not UTF-8"):
        read_dataset(str(tmp_path / "odd.jsonl"))
    assert available() == ("handmade", "smoke", "standard")
