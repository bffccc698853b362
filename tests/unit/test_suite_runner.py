"""Running a suite: bounded, resumable, and nothing that was generated is lost."""

import asyncio
import errno
from pathlib import Path

import pytest
from samples import POLICY
from suites import ReadyTarget, suite

from evaluation.suite.execution import open_execution
from evaluation.suite.journal import Journal, JournalFull, read_journal
from evaluation.suite.plan import Suite
from evaluation.suite.result import Outcome, Result
from evaluation.suite.runner import Runner
from evaluation.suite.target import TargetDown
from serve.errors import ConfigurationError


async def run(ours: Suite, target: ReadyTarget, path: Path, concurrency: int = 4) -> list[Result]:
    with Journal(path) as journal:
        runner = Runner({"bundled": target}, journal, concurrency=concurrency)
        await runner.run(ours.trials(POLICY))
    return list(read_journal(path))


async def test_every_trial_is_made_once_and_no_more_at_a_time_than_allowed(tmp_path: Path) -> None:
    ours, target = suite(tmp_path), ReadyTarget(0.01)
    results = await run(ours, target, tmp_path / "journal.jsonl", concurrency=3)
    keys = {(one.arm, one.scenario, one.repeat) for one in results}
    assert len(results) == len(keys) == ours.size
    assert target.busiest == 3
    assert all(one.outcome is not Outcome.FAILED for one in results)
    assert all(one.event and one.quality and one.draft for one in results)
    assert not (tmp_path / "reserve").exists()


async def test_a_result_comes_back_from_the_journal_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with Journal(path) as journal:
        runner = Runner({"bundled": ReadyTarget()}, journal, concurrency=1)
        await runner.run(suite(tmp_path).trials(POLICY))
        written = list(journal.results.values())
    assert list(read_journal(path)) == written


async def test_stopped_it_lets_what_is_in_flight_end_and_goes_on_later(tmp_path: Path) -> None:
    ours, path = suite(tmp_path), tmp_path / "journal.jsonl"
    target = ReadyTarget(0.02)
    with Journal(path) as journal:
        runner = Runner({"bundled": target}, journal, concurrency=4)
        running = asyncio.create_task(runner.run(ours.trials(POLICY)))
        await asyncio.sleep(0.01)
        runner.stop()
        await running
        assert len(journal.results) == len(target.attempts) == 4
    again = ReadyTarget()
    assert len(await run(ours, again, path)) == ours.size
    assert len(again.attempts) == ours.size - 4
    assert not {trial.key for trial in again.attempts} & {trial.key for trial in target.attempts}


async def test_a_line_torn_by_a_crash_is_made_again(tmp_path: Path) -> None:
    ours, path = suite(tmp_path), tmp_path / "journal.jsonl"
    await run(ours, ReadyTarget(), path)
    content = path.read_bytes()
    path.write_bytes(content[:-40])
    again = ReadyTarget()
    results = await run(ours, again, path)
    assert len(again.attempts) == 1
    assert len(results) == ours.size


async def test_failures_are_values_and_are_tried_again_on_the_next_run(tmp_path: Path) -> None:
    ours, path = suite(tmp_path), tmp_path / "journal.jsonl"
    results = await run(ours, ReadyTarget(gone_after=10), path)
    assert sum(one.outcome is Outcome.FAILED for one in results) == 6
    assert {one.error for one in results} == {"", "gone"}
    again = ReadyTarget()
    await run(ours, again, path)
    assert len(again.attempts) == 6
    with Journal(path) as journal:
        assert len(journal.results) == ours.size
        assert all(one.outcome is not Outcome.FAILED for one in journal.results.values())


async def test_a_target_that_has_gone_ends_the_run(tmp_path: Path) -> None:
    ours, target = suite(tmp_path, repeats=20), ReadyTarget(gone_after=5)
    with pytest.raises(TargetDown, match="bundled: 20 failures in a row, the last: gone"):
        await run(ours, target, tmp_path / "journal.jsonl", concurrency=1)
    assert len(target.attempts) == 25
    assert len(list(read_journal(tmp_path / "journal.jsonl"))) == 25


async def test_a_full_disk_loses_nothing_in_flight(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, path, target = suite(tmp_path), tmp_path / "journal.jsonl", ReadyTarget(0.01)
    with Journal(path) as journal:
        write, room = journal._file.write, [6]

        class Full:
            """The journal's file on a disk that has room for six lines, and for the reserve."""

            def __getattr__(self, name: str) -> object:
                return getattr(file, name)

            def write(self, line: bytes) -> int | None:
                room[0] -= 1
                if room[0] < 0 and (tmp_path / "reserve").exists():
                    raise OSError(errno.ENOSPC, "No space left on device")
                return write(line)

        file = journal._file
        monkeypatch.setattr(journal, "_file", Full())
        runner = Runner({"bundled": target}, journal, concurrency=4)
        with pytest.raises(JournalFull, match="free some space and run the same command again"):
            await runner.run(ours.trials(POLICY))
        monkeypatch.undo()
    assert 7 <= len(target.attempts) <= 10
    assert len(list(read_journal(path))) == len(target.attempts)


def test_a_foreign_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_text('{"arm": "a"}\n', "utf-8")
    with pytest.raises(ConfigurationError, match=r"journal\.jsonl:1: .*move the file away"):
        Journal(path)


def test_an_execution_is_found_again_until_it_is_logged(tmp_path: Path) -> None:
    ours = suite(tmp_path)
    first = open_execution(ours, tmp_path, fresh=False)
    assert first.id.startswith("quick-")
    assert open_execution(ours, tmp_path, fresh=False) == first
    generated = first.become("generated")
    assert open_execution(ours, tmp_path, fresh=False) == generated
    assert open_execution(ours, tmp_path, fresh=True).folder != first.folder
    generated.become("logged")
    other = suite(tmp_path, seed=1)
    assert open_execution(other, tmp_path, fresh=False).fingerprint == other.fingerprint
