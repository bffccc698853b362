"""Whole games against the pool: virtual time, the pool in one process, and what is counted."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from samples import POLICY, STATE, pooled
from suites import ReadyTarget, suite

from evaluation.cli import main
from evaluation.simulation import virtual_time
from evaluation.simulation.record import Ending, Met, Played
from evaluation.simulation.report import figures, gini, missed
from evaluation.simulation.rules import GameRules
from evaluation.simulation.shared_pool import SharedPool
from evaluation.simulation.simulate import Settings as Plan
from evaluation.simulation.simulate import Simulation, simulate
from evaluation.simulation.supply import open_supply
from evaluation.simulation.traffic import Traffic
from evaluation.simulation.world import World, without_events
from evaluation.suite.journal import Journal
from evaluation.suite.runner import Runner
from serve.domain.brief import Brief, Situation
from serve.domain.event import EventType
from serve.domain.state import Difficulty, Locale
from serve.errors import ConfigurationError
from serve.serving import Source
from serve.settings import PlatformArgs, PoolConfig, Settings

SETTINGS = Settings.from_environ({})
KEY = pooled().key


def world(seed: int = 0) -> World:
    return World(
        GameRules.parse(SETTINGS.table("evaluation/game.yaml")),
        POLICY,
        Traffic.parse(SETTINGS.table("evaluation/traffic.yaml")),
        0.2,
        seed,
    )


def met(source: Source = Source.POOL, *, deadly: int = 0, again: bool = False) -> Met:
    return Met(source, "key", 0.0, again, False, 2, deadly, 0, False, False)


def game(*events: Met, wealth: int = 1, ending: Ending = Ending.PLAYED) -> Played:
    return Played(0, "greedy", Difficulty.EASY, list(events), [5, wealth], ending)


def test_virtual_hours_pass_in_order_and_take_no_time() -> None:
    told = list[tuple[str, float]]()

    async def sleeper(name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        told.append((name, asyncio.get_running_loop().time()))

    async def everyone() -> None:
        await asyncio.gather(sleeper("late", 7200), sleeper("early", 60), sleeper("too", 60))

    virtual_time.run(everyone())
    assert told == [("early", 60.0), ("too", 60.0), ("late", 7200.0)]


def test_a_wait_for_nothing_ends_with_an_error() -> None:
    async def waits() -> None:
        await asyncio.Event().wait()

    with pytest.raises(RuntimeError, match="no one will do"):
        virtual_time.run(waits())


async def test_the_pool_in_one_process_keeps_the_rules_of_redis() -> None:
    now = [0.0]
    pool = SharedPool(PoolConfig(largest=2, hard_ttl_s=100, seen_ttl_s=50), lambda: now[0])
    for number in range(3):
        await pool.put(pooled(f"d{number}").model_copy(update={"created_at": float(number)}))
    assert [one.draft_id for one in await pool.drafts(KEY)] == ["d1", "d2"]
    assert await pool.claim("p", ["d1", "d2"]) == "d1"
    assert await pool.claim("p", ["d1", "d2"]) == "d2"
    assert await pool.claim("p", ["d1", "d2"]) is None
    assert await pool.acquire("lease", "a", 10)
    assert not await pool.acquire("lease", "b", 10)
    now[0] = 60.0
    assert await pool.acquire("lease", "b", 10)
    assert await pool.claim("p", ["d1"]) == "d1"
    now[0] = 102.0
    assert await pool.drafts(KEY) == []


def test_the_same_seed_plays_the_same_games() -> None:
    supply, plan = open_supply("corpus", POLICY), Plan(games=60, concurrent=100)
    one, again, other = (
        figures(simulate(plan, world(seed), supply, PlatformArgs())) for seed in (0, 0, 1)
    )
    assert one == again
    assert one != other
    assert one["events"] > 100
    assert one["lethal_events"] == 0
    assert one["hit_rate_10"] <= one["hit_rate_100"] + one["stale_rate_100"]
    assert sum(one[f"source.{source}"] for source in Source) == pytest.approx(1)
    assert missed(one) == []


def test_every_bar_can_be_missed() -> None:
    bad = game(met(deadly=2), met(Source.LLM), met(Source.STATIC, again=True), wealth=0)
    found = figures(Simulation([bad], [game()], {100: [bad]}))
    assert found["lethal_events"] == 1
    assert found["repeat_rate"] == pytest.approx(1 / 3)
    assert missed(found) == ["repeat_rate", "hit_rate_100", "lethal_events"]
    good = game(*[met() for _ in range(100)], met(deadly=1))
    assert missed(figures(Simulation([good], [good], {100: [good]}))) == []


def test_nothing_happened_is_no_failure_of_the_figures() -> None:
    found = figures(Simulation([game()], [game()], {100: [game()]}))
    assert (found["events"], found["hit_rate_100"], found["keys"]) == (0, 0, 0)


@pytest.mark.parametrize(
    ("wealth", "coefficient"), [([1, 1, 1, 1], 0.0), ([0, 0, 0, 8], 0.75), ([1, 3], 0.25)]
)
def test_gini(wealth: list[int], coefficient: float) -> None:
    assert gini([game(wealth=one) for one in wealth]) == pytest.approx(coefficient)


def test_who_has_lost_owns_nothing() -> None:
    lost = game(wealth=8, ending=Ending.OUTAGE)
    assert gini([lost, game(wealth=8)]) == pytest.approx(0.5)


def test_who_keeps_no_reserve_may_lose_without_any_event() -> None:
    endings = [without_events(world(), number).ending for number in range(200)]
    assert {Ending.PLAYED, Ending.BANKRUPT} <= set(endings)


async def test_the_drafts_of_a_run_can_be_played(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal.jsonl") as journal:
        runner = Runner({"bundled": ReadyTarget()}, journal, concurrency=2)
        await runner.run(suite(tmp_path).trials(POLICY))
    supply = open_supply(str(tmp_path / "journal.jsonl"), POLICY)
    situation = Situation.of(STATE, Locale.KO, POLICY)
    drawn = [
        supply.draw(Brief(situation, kind, None, None), STATE, Random(0)) for kind in EventType
    ]
    assert any(one and one.draft.title and one.quality.total > 0 for one in drawn)


@pytest.mark.parametrize(
    ("text", "words"), [(None, "no such file"), ("", "holds none")], ids=["gone", "empty"]
)
def test_drafts_that_are_not_there(tmp_path: Path, text: str | None, words: str) -> None:
    path = tmp_path / "journal.jsonl"
    if text is not None:
        path.write_text(text, "utf-8")
    with pytest.raises(ConfigurationError, match=words):
        open_supply(str(path), POLICY)


def test_wrong_traffic_names_its_entry() -> None:
    table = SETTINGS.table("evaluation/traffic.yaml")
    with pytest.raises(ConfigurationError, match=r"engine\.parallel"):
        Traffic.parse(table | {"engine": {"seconds": 1, "parallel": 0}})


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    def run(*options: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(["simulate", "--no-mlflow", "--out", str(tmp_path / "out"), *options])
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.err + told.out

    return run


def test_the_command_plays_tells_and_draws(
    command: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    status, told = command("--games", "60", "--trigger-rate", "0.2")
    assert status == 0
    assert told.splitlines()[-1].startswith("repeat_rate=0 hit_rate_100=")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"figures.json", "hit-rate.svg", "keys.png", "wealth.svg", "endings.png"} <= names


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--games", "0"], "--games: must be at least 1"),
        (["--trigger-rate", "0"], "--trigger-rate: must be above 0"),
        (["--ttl", "soon"], "--ttl: 'soon' is no number"),
        (["--drafts", "gone.jsonl"], "there is no such file"),
    ],
)
def test_wrong_options_are_told(
    command: Callable[..., tuple[int, str]], options: list[str], words: str
) -> None:
    status, told = command(*options)
    assert status == 2
    assert words in told
