"""An evaluation of the running platform, over HTTP and within its own quota."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from live_platform import STUDY, LivePlatform

from evaluation.suite.journal import read_journal

pytestmark = pytest.mark.e2e
COMMAND = str(Path(sys.executable).with_name("eventsmith-eval"))


def run(folder: Path, platform: LivePlatform, key: str) -> subprocess.CompletedProcess[str]:
    """A suite of 8 trials that would like to send many more a second than it may."""
    live = {
        "target": "platform",
        "url": platform.url,
        "key_env": "STUDY_KEY",
        "requests_per_second": 50,
    }
    table = {"name": "live", "dataset": "smoke", "scenarios": 8, "models": {"live": live}}
    file = folder / "live.yaml"
    file.write_text(yaml.safe_dump(table), "utf-8")
    return subprocess.run(
        [COMMAND, "run", str(file), "--out", str(folder / "out"), "--no-mlflow"],
        env=os.environ | {"STUDY_KEY": key},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_running_platform_is_evaluated_within_its_quota(
    platform: LivePlatform, tmp_path: Path
) -> None:
    started = time.monotonic()
    finished = run(tmp_path, platform, STUDY)
    assert finished.returncode == 0, finished.stderr[-2000:]
    assert "arms=1 results=8 failed=0" in finished.stdout.splitlines()[-1]
    results = list(read_journal(next(tmp_path.glob("out/live/*/journal.jsonl"))))
    assert {one.source for one in results} <= {"llm", "pool", "stale", "static"}
    assert all(one.event and one.quality and not one.violations for one in results)
    assert time.monotonic() - started > 3  # eight at two a second, the first two at once


def test_a_wrong_key_is_told_before_anything_is_asked(
    platform: LivePlatform, tmp_path: Path
) -> None:
    finished = run(tmp_path, platform, "no-key-of-ours")
    assert finished.returncode == 2
    assert "refuses the key" in finished.stderr
    assert "EVENTSMITH_EVALUATION_KEYS" in finished.stderr
