"""The soak without hours: slopes, schedule, what counts as an answer, the verdict and its exit status."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count, pairwise
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Any

import numpy as np
import psutil
import pytest
from samples import POLICY

from loadtest.processes import REST, frozen, group
from loadtest.soak.director import Director
from loadtest.soak.faults import FAULTS, Fault
from loadtest.soak.leak import Slope, combined, growths, slope
from loadtest.soak.ledger import Episode, Ledger
from loadtest.soak.reply import GOOD, INVALID, LATE, Reply, judged
from loadtest.soak.sampler import Life, Row, Sampler
from loadtest.soak.schedule import plan, quiet_s
from loadtest.soak.stage import Stage
from loadtest.soak.verdict import judge, last_line
from serve.api.contract import EventRequest
from serve.api.examples import EVENT_REQUEST, EVENT_RESPONSE
from serve.domain.balance import resolve
from serve.domain.rules import violations
from serve.serving import event_id
from serve.static_events import StaticLibrary

LIBRARY = StaticLibrary(POLICY)
HOUR_S = 3600


def life(
    mb_per_h: float,
    hours: float,
    *,
    begun_h: float = 0,
    noise: float = 0.5,
    sticky: float = 0.0,
    seed: int = 0,
    group: str = "EventApi",
) -> Life:
    """A process whose memory grows so fast, under noise that remembers the minute before."""
    rng, count = np.random.default_rng(seed), int(hours * 60)
    error, errors = 0.0, list[float]()
    for shock in rng.normal(0, noise, count):
        error = sticky * error + shock
        errors.append(error)
    rows = [
        Row(begun_h * HOUR_S + 60 * at, 200 + mb_per_h * at / 60 + errors[at], 80 + at % 2, 40)
        for at in range(count)
    ]
    return Life(group, seed, begun_h * HOUR_S, rows)


def answered(request: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A right answer: a hand-written event that keeps every rule for this player."""
    wanted = EventRequest.model_validate(request)
    state, locale = wanted.game_state, wanted.locale
    for written in LIBRARY.candidates(state, locale, None, Random(0)):
        name = event_id(written.id, wanted.player_id)
        event = resolve(written.draft, written.type, state, POLICY, event_id=name, seed=written.id)
        if not violations(event, state, POLICY, locale):
            told = event.model_dump(mode="json", by_alias=True) | changes
            return EVENT_RESPONSE | {"source": "static", "event": told}
    raise AssertionError("no event for this player")


def outcome(answer: Any, *, status: int = 200, ms: float = 5) -> str:
    asked = json.dumps(EVENT_REQUEST)
    return judged(asked, status, json.dumps(answer).encode(), ms, POLICY).outcome


def ledger_of(*outcomes: str) -> Ledger:
    """An answer each tenth of a second."""
    ledger = Ledger(0, 5)
    for at, each in enumerate(outcomes):
        ledger.take(Reply(at / 10, 0, 5, each, "pool"))
    ledger.close_moment()
    return ledger


# Slopes


def test_a_leak_of_known_slope_is_found_across_restarts() -> None:
    """Three lives, each from 200 MB again: between them memory falls, within each it grows."""
    lives = [life(6, 4, begun_h=4 * number, sticky=0.8, seed=number) for number in range(3)]
    (found,) = growths(lives, 600)
    assert found.memory is not None
    assert found.memory.low < 6 < found.memory.high
    assert found.memory.high - found.memory.low < 3
    assert (found.group, found.lives) == ("EventApi", 3)
    assert found.hours == pytest.approx(3 * (4 - 1 / 6), abs=0.1)
    assert found.mb == pytest.approx(223, abs=3)
    assert found.handles is not None
    assert found.handles.low <= 0 <= found.handles.high


@pytest.mark.parametrize("sticky", [0.0, 0.5, 0.9])
def test_a_flat_noisy_series_is_no_leak(sticky: float) -> None:
    """Of a hundred, not many more intervals than promised lie wholly above nothing."""
    tables = [life(0, 3, sticky=sticky, seed=seed).rows for seed in range(100)]
    found = [
        slope(np.array([row.at_s / HOUR_S for row in rows]), np.array([row.mb for row in rows]))
        for rows in tables
    ]
    assert sum(one.low > 0 for one in found) <= 8
    assert sum(one.low <= 0 <= one.high for one in found) >= 85


def test_growth_that_ends_with_the_warm_up_is_no_leak() -> None:
    filling = life(0, 4)
    filling.rows = [row._replace(mb=row.mb - 80 * np.exp(-row.at_s / 120)) for row in filling.rows]
    (found,) = growths([filling], 600)
    assert found.memory is not None
    assert found.memory.low <= 0.2


def test_the_longer_life_counts_for_more() -> None:
    middle, low, high = combined([(Slope(1, 0, 2), 8), (Slope(10, 0, 20), 1)]) or Slope(0, 0, 0)
    assert middle == pytest.approx(2)
    assert middle - low == pytest.approx(high - middle)
    assert 0 < middle - low < 2
    assert combined([]) is None


def test_a_process_that_lived_too_short_tells_nothing() -> None:
    (found,) = growths([life(60, 0.2)], 600)
    assert (found.lives, found.memory, found.handles) == (0, None, None)


# Schedule


@pytest.mark.parametrize("total_s", [180, 1200, 3600, 72 * HOUR_S])
def test_faults_are_spread_between_two_quiet_ends(total_s: float) -> None:
    names = [*FAULTS]
    planned = plan(total_s, names, 1)
    assert planned == plan(total_s, names, 1) != plan(total_s, names, 2)
    due = [each.due_s for each in planned]
    assert due == sorted(due)
    assert quiet_s(total_s) <= due[0]
    assert due[-1] <= total_s - quiet_s(total_s) - 40
    assert all(later - sooner >= 45 for sooner, later in pairwise(due))
    assert all(one.fault != other.fault for one, other in pairwise(planned))
    counts = Counter(each.fault for each in planned)
    if total_s >= 1200:
        assert set(counts) == set(names)
        assert max(counts.values()) - min(counts.values()) <= 1
    gaps = [later - sooner for sooner, later in pairwise(due)]
    assert total_s < 10 * HOUR_S or max(gaps) < 2 * 1200


@pytest.mark.parametrize(("total_s", "faults"), [(60, [*FAULTS]), (3600, [])])
def test_no_faults_where_there_is_no_room_or_none_is_possible(
    total_s: float, faults: list[str]
) -> None:
    assert plan(total_s, faults, 0) == []


# Answers


def test_an_answer_is_held_against_the_state_that_was_sent() -> None:
    right = answered(EVENT_REQUEST)
    assert outcome(right) == GOOD
    assert outcome(right, ms=2901) == LATE
    assert outcome(right, status=503) == "status 503"
    choices = right["event"]["choices"]
    rich = choices[0] | {"effects": choices[0]["effects"] | {"cashDelta": 10**12}}
    owned = choices[0] | {"effects": choices[0]["effects"] | {"addInfrastructure": ["EC2"]}}
    for wrong in (
        answered(EVENT_REQUEST, choices=[rich, *choices[1:]]),
        answered(EVENT_REQUEST, choices=[owned, *choices[1:]]),
        answered(EVENT_REQUEST, choices=choices[:1]),
        answered(EVENT_REQUEST, eventId=event_id("draft", "somebody-else")),
        right | {"source": "dream"},
    ):
        assert outcome(wrong) == INVALID
        assert outcome(wrong, ms=9000) == INVALID


def test_an_invalid_event_is_counted_and_fails_the_run() -> None:
    ledger = ledger_of(*[GOOD] * 5000, INVALID)
    assert (ledger.invalid, ledger.answers) == (1, 5001)
    verdict = judge(ledger, [], seconds=500, planned_faults=0)
    assert not verdict.passed
    assert [row.word for row in verdict.rows] == ["met", "missed", "NOT JUDGED", "NOT JUDGED"]
    assert "invalid_events=1 " in last_line(ledger, verdict)


def test_a_gap_excuses_for_a_minute_and_other_faults_do_not() -> None:
    """Of 300 s, faults at 100 s whose platform comes back at 200 s; nobody answers meanwhile."""
    for fault, excused in (("api-killed", 600), ("engine-killed", 0)):
        ledger = Ledger(0, 5)
        episode = Episode(fault, FAULTS[fault].gap, 100)
        for at in range(3000):
            if at == 1000:
                ledger.episodes.append(episode)
            if at == 2000:
                episode.recovered_s = 199.95
            away = 1000 <= at < 2000
            ledger.take(Reply(at / 10, 0, 5, "status 503" if away else GOOD))
        assert episode.outcomes["status 503"] == 1000
        assert ledger.excused["status 503"] == pytest.approx(excused, abs=1)
        assert ledger.availability == pytest.approx(2000 / (3000 - excused), abs=0.001)


def test_late_through_the_generators_own_fault_is_told_apart() -> None:
    ledger = Ledger(0, 5)
    ledger.take(Reply(0, 10, 3000, LATE, "llm"))
    ledger.take(Reply(1, 2500, 3000, LATE, "llm"))
    assert (ledger.late, ledger.generator_late, ledger.late_by_generator) == (2, 1, 1)
    assert ledger.sources == {"llm": 2}


def test_the_ledger_grows_with_time_and_not_with_requests() -> None:
    ledger = Ledger(0, 60)
    for at in range(60_000):
        ledger.take(Reply(at / 100, 0, 1 + at % 1000, "status 500", "", f"failure {at}"))
    ledger.close_moment()
    assert len(ledger.moments) == 10
    assert len(ledger.details) == 20
    assert ledger.latency_ms(50) == pytest.approx(500, rel=0.03)
    assert ledger.latency_ms(99) == pytest.approx(990, rel=0.03)
    assert ledger.moments[3].answers == pytest.approx(6000, abs=2)


# Verdict


@pytest.mark.parametrize(
    ("mb_per_h", "group", "hours", "seconds", "word"),
    [
        (0, "EventApi", 4, 4 * HOUR_S, "met"),
        (5, "EventApi", 4, 4 * HOUR_S, "missed"),
        (5, "Redis", 4, 4 * HOUR_S, "NOT JUDGED"),
        (5, "EventApi", 0.5, 0.5 * HOUR_S, "NOT JUDGED"),
        (5, "EventApi", 0.1, 4 * HOUR_S, "NOT JUDGED"),
    ],
    ids=["flat", "leak", "fills by design", "too short a run", "too short a life"],
)
def test_memory_is_judged_where_it_can_be(
    mb_per_h: float, group: str, hours: float, seconds: float, word: str
) -> None:
    grown = growths([life(mb_per_h, hours, group=group)], 300)
    verdict = judge(ledger_of(*[GOOD] * 1000), grown, seconds=seconds, planned_faults=0)
    assert verdict.rows[-1].word == word
    assert verdict.passed is (word != "missed")


def test_the_last_line_holds_the_slope_of_a_run_too_short_to_be_judged() -> None:
    grown = growths([life(40, 0.8, noise=0.05)], 300)
    ledger = ledger_of(*[GOOD] * 200)
    verdict = judge(ledger, grown, seconds=2900, planned_faults=0)
    assert verdict.rows[-1].word == "NOT JUDGED"
    line = dict(part.split("=") for part in last_line(ledger, verdict).split())
    assert [*line] == [
        "availability", "invalid_events", "leak_mb_per_h", "leak_ci_low", "leak_ci_high",
    ]  # fmt: skip
    assert float(line["leak_ci_low"]) <= 40 <= float(line["leak_ci_high"])


def test_the_worst_group_is_the_one_that_leaks_for_certain() -> None:
    """Another may wander faster within a wider interval."""
    clear = life(40, 2, noise=0.05)
    wide = life(0, 2, noise=200, sticky=0.9, seed=1, group="EventEngine")
    grown = growths([clear, wide], 300)
    verdict = judge(ledger_of(*[GOOD] * 200), grown, seconds=2 * HOUR_S, planned_faults=0)
    assert verdict.rows[-1].word == "missed"
    assert verdict.worst is not None
    assert verdict.worst.group == "EventApi"


@pytest.mark.parametrize(
    ("recovered_s", "note", "word"),
    [(30.0, "", "met"), (None, "", "missed"), (None, "cut short", "met")],
)
def test_a_fault_that_is_not_recovered_from_fails_the_run(
    recovered_s: float | None, note: str, word: str
) -> None:
    ledger = ledger_of(*[GOOD] * 200)
    ledger.episodes.append(
        Episode("engine-killed", gap=False, began_s=5, recovered_s=recovered_s, note=note)
    )
    verdict = judge(ledger, [], seconds=100, planned_faults=1)
    assert verdict.rows[2].word == word


# Faults and processes


class Platform(ThreadingHTTPServer):
    """Answers as the platform does, each `wrong_every`th event being another player's."""

    daemon_threads = True

    def __init__(self, wrong_every: int = 0) -> None:
        self.wrong_every, self.asked, self.flag = wrong_every, 0, True
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def answer(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        if path.endswith("/health"):
            return {"status": "healthy"}
        if "/flags/" in path:
            self.flag = body.get("enabled", self.flag)
            return {"enabled": self.flag}
        if not path.endswith("/events"):
            return {}
        self.asked += 1
        if self.wrong_every and self.asked % self.wrong_every == 0:
            body = body | {"playerId": "somebody-else"}
        return answered(body)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Platform  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        told = json.dumps(self.server.answer(self.path, json.loads(body or "{}"))).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def do_POST(self) -> None:
        self.do_GET()

    def do_PUT(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: Any) -> None: ...  # noqa: A002 (the library's name)


@contextmanager
def serving(wrong_every: int = 0) -> Generator[Platform]:
    with Platform(wrong_every) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


def directed(server: Platform, hold_s: float, over: Event) -> Callable[[], Episode]:
    """The flag goes off; the function ends it and gives what was seen of it."""
    ledger = Ledger(time.monotonic(), 5)
    stage = Stage(server.url, admin="token")
    director = Director(stage, [], ledger, time.monotonic(), over)
    fault = Fault("flag-off", "", FAULTS["flag-off"].inject, lambda _: True, hold_s)
    thread = Thread(target=director._inject, args=(fault,))
    thread.start()

    def ended() -> Episode:
        thread.join(10)
        assert not thread.is_alive()
        return ledger.episodes[0]

    return ended


def test_a_fault_is_noticed_taken_back_and_recovered_from() -> None:
    with serving() as server:
        episode = directed(server, 0.6, Event())()
        assert server.flag
    assert episode.note == ""
    assert episode.detected_s is not None
    assert episode.healed_s is not None
    assert episode.recovered_s is not None
    assert episode.began_s <= episode.detected_s < episode.healed_s <= episode.recovered_s
    assert episode.healed_s - episode.began_s >= 0.6


def test_a_run_that_ends_takes_its_fault_back_at_once() -> None:
    over = Event()
    with serving() as server:
        ended = directed(server, 60, over)
        while server.flag:
            time.sleep(0.01)
        over.set()
        episode = ended()
        assert server.flag
    assert episode.note == "cut short"
    assert episode.recovered_s is None


def test_only_faults_within_reach_are_possible() -> None:
    def names(stage: Stage) -> set[str]:
        return {fault.name for fault in FAULTS.values() if fault.possible(stage)}

    assert names(Stage("http://game")) == set()
    assert names(Stage("http://game", admin="token")) == {"flag-off"}
    assert names(Stage("http://game", root=psutil.Process())) == {*FAULTS} - {
        "flag-off",
        "redis-killed",
    }


@contextmanager
def sleeping(title: str) -> Generator[psutil.Process]:
    command = ["bash", "-c", f"exec -a '{title}' sleep 60"]
    with subprocess.Popen(command) as child:
        process = psutil.Process(child.pid)
        while process.cmdline()[:1] != [title]:
            time.sleep(0.01)
        try:
            yield process
        finally:
            child.kill()


@pytest.mark.parametrize(
    ("title", "part"),
    [
        ("ray::ServeReplica:eventsmith:EventApi", "EventApi"),
        ("ray::ServeReplica:eventsmith:EventEngine.generate", "EventEngine"),
        ("ray::ServeController", "Serve controller"),
        ("ray::IDLE", "idle workers"),
        ("ray-dashboard-JobHead-0", "Ray dashboard"),
        ("ServeReplica:eventsmith:EventApi", REST),
    ],
)
def test_processes_are_told_apart_by_what_they_call_themselves(title: str, part: str) -> None:
    with sleeping(title) as process:
        assert group(process) == part


def test_what_a_replica_has_started_belongs_to_it_whatever_it_calls_itself() -> None:
    replica = "ray::ServeReplica:eventsmith:EventEngine"
    command = ["bash", "-c", f"exec -a '{replica}' bash -c 'sleep 60 & wait'"]
    with subprocess.Popen(command) as child:
        process = psutil.Process(child.pid)
        settled(lambda: len(process.children()) == 1)
        (sleeper,) = process.children()
        try:
            assert group(sleeper) == "EventEngine"
        finally:
            sleeper.kill()


def test_a_frozen_process_goes_on_afterwards() -> None:
    with sleeping("sleeper") as process:
        with frozen([process]):
            settled(lambda: process.status() == psutil.STATUS_STOPPED)
        settled(lambda: process.status() == psutil.STATUS_SLEEPING)


def settled(condition: Callable[[], bool]) -> None:
    """A signal takes a moment to arrive."""
    end = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_the_sampler_sees_private_memory_grow() -> None:
    at, kept = count(), list[bytes]()
    sampler = Sampler(psutil.Process(), (), 1, lambda: float(next(at)))

    def own() -> Life:
        """This process alone: others of the family come and go as they like."""
        for _ in range(4):  # a life shorter than that is not told of
            sampler.sample()
        return next(one for one in sampler.lives if one.pid == os.getpid())

    before = own().rows[-1].mb
    kept.append(os.urandom(50_000_000))
    life = own()
    assert life.rows[-1].mb - before == pytest.approx(50, abs=5)
    assert life.group == "launcher"
    assert life.rows[-1].handles > 2
    assert life.rows[-1].threads >= 1


# The whole command


def command(url: str, out: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "loadtest.soak", "--url", url, "--out", str(out), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(("wrong_every", "status"), [(0, 0), (10, 1)])
def test_the_exit_status_is_the_verdict(wrong_every: int, status: int, tmp_path: Path) -> None:
    with serving(wrong_every) as server:
        process = command(server.url, tmp_path, "--hours", "0.001", "--rate", "60")
        said, told = process.communicate(timeout=60)
    assert process.returncode == status, told
    line = dict(part.split("=") for part in said.strip().split(" "))
    assert int(line["invalid_events"]) == (server.asked // 10 if wrong_every else 0)
    assert float(line["availability"]) == pytest.approx(0.9 if wrong_every else 1, abs=0.01)
    assert line["leak_mb_per_h"] == "nan"
    assert "NOT JUDGED" in told
    report = (tmp_path / "soak.md").read_text("utf-8")
    assert f"{server.asked:,} requests" in report
    assert ("is another player's" in report) is bool(wrong_every)
    assert json.loads((tmp_path / "soak.json").read_text("utf-8"))["figures"]["requests"] > 100
    assert "<svg" in (tmp_path / "soak.svg").read_text("utf-8")


def test_ctrl_c_ends_with_the_report_of_what_there_was(tmp_path: Path) -> None:
    with serving() as server:
        process = command(server.url, tmp_path, "--hours", "1", "--rate", "60")
        while server.asked < 50 and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        said, told = process.communicate(timeout=60)
    assert process.returncode == 130, told
    assert said.startswith("availability=1 invalid_events=0 ")
    assert ", stopped early" in (tmp_path / "soak.md").read_text("utf-8")


def test_wrong_usage_is_told_with_its_cure(tmp_path: Path) -> None:
    process = command("http://127.0.0.1:9", tmp_path)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "does not answer" in told
