"""`eventsmith-eval run` and `compare` as a user types them, with the real engine and real MLflow."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from suites import TABLE

from evaluation.suite.journal import read_journal
from evaluation.tracking.reading import latest, read_run

COMMAND = str(Path(sys.executable).with_name("eventsmith-eval"))
DEAD = "http://127.0.0.1:9"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "quick.yaml"
    path.write_text(yaml.safe_dump(TABLE | {"concurrency": 2}, sort_keys=False), "utf-8")
    return path


def start(file: Path, *options: str) -> subprocess.Popen[str]:
    environment = dict(os.environ)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return subprocess.Popen(
        [COMMAND, "run", str(file), "--out", str(file.parent / "out"), *options],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def journal(file: Path) -> Path | None:
    return next((file.parent / "out").glob("quick/*/journal.jsonl"), None)


def lines(file: Path) -> int:
    path = journal(file)
    return len(path.read_bytes().splitlines()) if path else 0


def test_stopped_resumed_logged_and_compared(file: Path) -> None:
    """Ctrl-C, then MLflow away, then back: nothing is generated twice and nothing is lost."""
    stopped = start(file, "--tracking-uri", DEAD)
    while lines(file) < 3 and stopped.poll() is None:
        time.sleep(0.05)
    stopped.send_signal(signal.SIGINT)
    _, said = stopped.communicate(timeout=60)
    assert stopped.returncode == 130, said[-2000:]
    assert "run the same command again" in said
    path = journal(file)
    assert path is not None
    kept = path.read_bytes()
    assert 3 <= lines(file) < 16

    unlogged = start(file, "--tracking-uri", DEAD)
    out, said = unlogged.communicate(timeout=180)
    assert unlogged.returncode == 3, said[-2000:]
    assert "does not answer" in said
    assert path.read_bytes().startswith(kept)
    assert lines(file) == 16
    assert out.splitlines()[-1].startswith("arms=2 results=16 failed=0 ")
    whole = path.read_bytes()

    store = f"sqlite:///{file.parent / 'mlflow.db'}"
    logged = start(file, "--tracking-uri", store)
    out, said = logged.communicate(timeout=120)
    assert logged.returncode == 0, said[-2000:]
    assert out.splitlines()[-1].endswith("logged=true")
    assert path.read_bytes() == whole
    assert (path.parent / "report" / "report.html").stat().st_size > 10_000

    runs = latest("quick", store)
    assert list(runs) == ["compact/bundled/default", "compact/bundled/cold"]
    for arm, run_id in runs.items():
        info, results = read_run(run_id, store)
        assert sorted(one.model_dump_json() for one in results) == sorted(
            one.model_dump_json() for one in read_journal(path) if one.arm == arm
        )
        assert info.params["promptVersion"].startswith("compact")
        assert info.figures["latency.p50_s"] > 0
        assert info.tags["mlflow.source.git.commit"] if Path(".git").exists() else True
    compared = subprocess.run(
        [COMMAND, "compare", *runs.values(), "--json", "--tracking-uri", store],
        capture_output=True,
        text=True,
        check=False,
    )
    assert compared.returncode in (0, 1), compared.stderr
    found = json.loads(compared.stdout)[runs["compact/bundled/cold"]]
    assert found["scenarios"] == 4
    assert found["trials"] == 8
    assert compared.returncode == (found["verdict"] == "worse")
    info, _ = read_run(runs["compact/bundled/cold"], store)
    assert info.figures["compare.points"] == pytest.approx(found["points"]["value"])
    assert "4 paired scenarios" in info.tags["verdict.en"]
    folder = f"{path.parent}#"
    same = subprocess.run(
        [COMMAND, "compare", *(f"{folder}{arm}" for arm in runs), "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert next(iter(json.loads(same.stdout).values()))["points"] == found["points"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "nowhere.yaml"], "nowhere.yaml: cannot be read"),
        (["compare", "a#x", "b#y"], "a: holds no results"),
        (["compare", "0" * 32, "1" * 32], "has no run 000"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(
    arguments: list[str], said: str, tmp_path: Path
) -> None:
    store = f"sqlite:///{tmp_path / 'mlflow.db'}"
    options = ["--tracking-uri", store] if arguments[0] == "compare" else []
    finished = subprocess.run(
        [COMMAND, *arguments, *options], capture_output=True, text=True, check=False
    )
    assert finished.returncode == 2
    assert said in finished.stderr
    assert finished.stderr.count("\n") == 1
