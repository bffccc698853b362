"""The chaos matrix without platforms: whose fault a bad answer is, when a platform is whole, the verdict."""

import json
import re
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from random import Random
from typing import Any

import pytest
from samples import pooled

from loadtest.chaos.drill import CALM, Replies, Result
from loadtest.chaos.garbage import LIES, garbage
from loadtest.chaos.grounds import closed, complete
from loadtest.chaos.report import markdown, written
from loadtest.chaos.scenario import Scenario
from loadtest.chaos.scenarios import ALL, SCENARIOS
from loadtest.chaos.stands import STANDS
from loadtest.chaos.tally import BAR_MS, Tally, percentile, tally
from loadtest.chaos.verdict import last_line, misses, passed
from loadtest.soak.ledger import Episode
from loadtest.soak.reply import GOOD, INVALID, LATE, UNREACHED, Reply

SOME = Scenario("redis-frozen", "SIGSTOP to Redis", lambda _: nullcontext())
INJECTED_S = 100.0


def reply(
    outcome: str, at_s: float = 1.0, *, ms: float = 5.0, late_ms: float = 0.0, detail: str = ""
) -> Reply:
    """Due so many seconds after the injection."""
    source = "pool" if outcome in (GOOD, LATE, INVALID) else ""
    return Reply(INJECTED_S + at_s, late_ms, ms, outcome, source, detail)


REFUSED = reply(UNREACHED, detail="ConnectionRefusedError")
BROKEN = reply(UNREACHED, detail="ConnectionResetError")


@pytest.mark.parametrize(
    ("replies", "counts"),
    [
        pytest.param([reply(GOOD)] * 3, {"requests": 3}, id="good"),
        pytest.param([reply(INVALID)], {"requests": 1, "invalid": 1}, id="invalid"),
        pytest.param([reply(LATE, ms=3000)], {"late": 1, "late_events": 1}, id="late"),
        pytest.param(
            [reply(LATE, ms=3000, late_ms=200)],
            {"late": 1, "late_by_generator": 1, "late_events": 0},
            id="late because it was sent late",
        ),
        pytest.param([reply("status 500")], {"unanswered": 1}, id="an error"),
        pytest.param([REFUSED, BROKEN], {"unanswered": 2, "gap": 0}, id="nobody there"),
    ],
)
def test_every_answer_counts_against_its_bar(replies: list[Reply], counts: dict[str, int]) -> None:
    told = tally(replies, INJECTED_S)
    assert {name: getattr(told, name) for name in counts} == counts
    assert told.requests == len(replies)


def test_the_gap_of_a_killed_proxy_has_a_beginning_and_an_end() -> None:
    at = (-2.0, -0.1, 0.5, 3.9, 4.1)
    replies = [reply("status 404", at_s, ms=200) for at_s in at]
    told = tally(replies, INJECTED_S, gap_s=4)
    assert (told.gap, told.unanswered) == (3, 2)
    assert told.gap_ms == pytest.approx(4000)


def test_a_platform_that_was_asked_to_stop_may_refuse_and_nothing_else() -> None:
    told = tally([REFUSED, BROKEN, reply(GOOD)], INJECTED_S, ends=True)
    assert (told.refused, told.unanswered) == (1, 1)
    before = REFUSED._replace(due_s=INJECTED_S - 1)
    assert tally([before], INJECTED_S, ends=True).unanswered == 1


@pytest.mark.parametrize(
    ("percent", "value"), [(50, 2.0), (75, 3.0), (99, 4.0), (1, 1.0), (100, 4.0)]
)
def test_percentiles_are_values_that_were_measured(percent: float, value: float) -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0], percent) == value


def test_a_reply_belongs_to_the_scenario_under_way_when_it_was_due() -> None:
    replies = Replies()
    for at in (1.0, 2.0, 3.0):
        replies.take(reply(GOOD, at))
    assert [one.due_s for one in replies.due(INJECTED_S + 2, INJECTED_S + 3)] == [INJECTED_S + 2]


def replica(state: str = "RUNNING") -> dict[str, Any]:
    return {"state": state}


def details(**changes: Any) -> dict[str, Any]:
    """What Ray Serve tells of a whole platform, changed here and there."""
    deployment = {"replicas": [replica(), replica()], "target_num_replicas": 2}
    fields: dict[str, Any] = {"app": "RUNNING", "proxy": "HEALTHY", **deployment, **changes}
    kept = {name: fields[name] for name in deployment}
    return {
        "proxies": {"node": {"status": fields["proxy"]}},
        "applications": {
            "eventsmith": {"status": fields["app"], "deployments": {"EventApi": kept}}
        },
    }


@pytest.mark.parametrize(
    ("changes", "whole"),
    [
        pytest.param({}, True, id="whole"),
        pytest.param({"replicas": [replica()]}, False, id="a replica is missing"),
        pytest.param({"replicas": [replica(), replica("STARTING")]}, False, id="one starts"),
        pytest.param(
            {"replicas": [replica(), replica(), replica("STOPPING")]}, False, id="one still stops"
        ),
        pytest.param({"proxy": "UNHEALTHY"}, False, id="the proxy is gone"),
        pytest.param({"app": "DEPLOYING"}, False, id="it is being deployed"),
    ],
)
def test_a_platform_is_whole_with_every_replica_and_proxy(
    changes: dict[str, Any], whole: bool
) -> None:
    assert complete(details(**changes)) is whole


def test_no_application_is_not_a_whole_platform() -> None:
    assert not complete({"proxies": {}, "applications": {}})


def test_the_breaker_is_as_its_last_entry_says() -> None:
    opened = {"subject": "breaker", "state": "open"}
    shut = {"subject": "breaker", "state": "closed"}
    flag = {"subject": "llm-events", "state": "off"}
    assert closed([])
    assert closed([flag, shut, opened])
    assert not closed([flag, opened, shut])


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__.strip("_"))
def test_a_lie_is_a_draft_that_must_not_be_served(
    lie: Callable[[dict[str, Any]], dict[str, Any]],
) -> None:
    draft = json.loads(pooled().model_dump_json())
    changed = {**draft, **lie(draft)}
    assert changed != draft
    assert changed.keys() == draft.keys()


def test_garbage_is_never_what_was_there() -> None:
    value = pooled().model_dump_json().encode()
    made = {garbage(value, Random(seed)) for seed in range(200)}
    assert value not in made
    assert any(b"\xff\xfe" in one for one in made)
    assert any(value.startswith(one) and one for one in made)
    assert any(b'"quality": {"consistency": 5.0' in one for one in made)


def result(scenario: Scenario = SOME, note: str = "", skipped: str = "", **counts: Any) -> Result:
    episode = Episode(scenario.name, gap=False, began_s=10, detected_s=11, healed_s=20)
    episode.recovered_s, episode.note = 22.5, note
    fields: dict[str, Any] = {"requests": 200, "p99_ms": 40.0, **counts}
    return Result(scenario, episode, Tally(**fields), skipped)


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        pytest.param({}, [], id="met"),
        pytest.param({"invalid": 1}, ["1 invalid"], id="an invalid event"),
        pytest.param({"late": 2, "late_by_generator": 1}, ["1 late"], id="a late one"),
        pytest.param({"late": 1, "late_by_generator": 1}, [], id="late by the generator"),
        pytest.param({"unanswered": 3}, ["3 not answered"], id="an error"),
        pytest.param({"gap": 3}, [], id="in the documented gap"),
        pytest.param({"refused": 9}, [], id="refused by one that ends"),
        pytest.param({"p99_ms": BAR_MS + 1.0}, ["p99 2,901 ms"], id="slow"),
        pytest.param({"requests": 0}, ["nothing was sent"], id="no load"),
        pytest.param({"note": "not recovered from"}, ["not recovered from"], id="lost"),
        pytest.param({"skipped": "no mount", "invalid": 1}, [], id="skipped"),
    ],
)
def test_each_bar_can_be_missed(seen: dict[str, Any], told: list[str]) -> None:
    assert misses(result(**seen)) == told


def test_the_last_line_counts_what_was_done() -> None:
    results = [
        result(CALM, late=1),
        result(invalid=1, unanswered=2),
        result(SCENARIOS["disk-full"], skipped="no mount"),
    ]
    assert last_line(results) == "scenarios=1 invalid_events=1 late_events=1 unexpected_5xx=2"
    assert not passed(results)
    assert passed([result()])
    assert not passed([])


def test_the_report_tells_what_was_missed_and_what_was_left_out(tmp_path: Path) -> None:
    results = [
        result(unanswered=2),
        result(SCENARIOS["disk-full"], skipped="no file system could be mounted"),
    ]
    written(results, "python -m loadtest.chaos", 20, 0, tmp_path)
    page = (tmp_path / "chaos.md").read_text("utf-8")
    assert page == markdown(results, "python -m loadtest.chaos", 20, 0)
    assert page.startswith("# Chaos: MISSED")
    assert "**2 not answered**" in page
    assert "**NOT TESTED** `disk-full`: no file system could be mounted" in page
    assert "| 1.0 s | 12.5 s | 2.5 s |" in page
    kept = json.loads((tmp_path / "chaos.json").read_text("utf-8"))
    assert kept["figures"]["unexpected_5xx"] == 2
    assert [one["scenario"] for one in kept["rounds"]] == ["redis-frozen", "disk-full"]
    assert kept["rounds"][0]["detected_s"] == 1.0


def test_every_scenario_has_a_platform_and_a_name_of_its_own() -> None:
    placed = [one.name for stand in STANDS for one in stand.scenarios]
    assert sorted(placed) == sorted(SCENARIOS)
    assert len(SCENARIOS) == len(ALL)
    assert all(re.fullmatch(r"[a-z-]+", name) for name in SCENARIOS)
    assert [one.ends for one in STANDS[1].scenarios].index(True) == len(STANDS[1].scenarios) - 1
