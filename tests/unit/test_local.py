"""Starting on this machine: what cannot work is said in one sentence, before anything starts."""

import socket
from io import StringIO
from pathlib import Path

import psutil
import pytest
import yaml
from rich.console import Console

from serve.api.examples import EVENT_RESPONSE
from serve.errors import ConfigurationError
from serve.local import preflight
from serve.local.platform import Options, _engine_on_cpu, _run_folder, running
from serve.local.terminal import card


def test_a_taken_port(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(ConfigurationError, match="is taken"):
            preflight.check("127.0.0.1", taken.getsockname()[1], engine=False)


def test_too_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    little = psutil.virtual_memory()._replace(available=2**30)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: little)
    with pytest.raises(ConfigurationError, match=r"1\.0 GiB"):
        preflight.check("127.0.0.1", preflight.free_port(), engine=False)


def test_no_avx2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "read_text", lambda *_: "flags: sse avx")
    with pytest.raises(ConfigurationError, match="AVX2"):
        preflight.check("127.0.0.1", preflight.free_port(), engine=True)


def test_open_to_the_network_needs_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EVENTSMITH_API_KEYS", raising=False)
    with (
        pytest.raises(ConfigurationError, match="EVENTSMITH_API_KEYS"),
        running(Options(host="0.0.0.0"), Console()),  # noqa: S104 - it is what is refused
    ):
        pass


def test_a_run_folder_is_ours_until_the_end() -> None:
    with _run_folder(None) as folder:
        (folder / "ray").mkdir()
    assert not folder.exists()


def test_a_given_run_folder_stays_without_what_a_killed_run_left(tmp_path: Path) -> None:
    (tmp_path / "ray" / "session_1").mkdir(parents=True)
    (tmp_path / "notes").write_text("somebody else's")
    with _run_folder(tmp_path) as folder:
        assert folder == tmp_path
        assert [path.name for path in tmp_path.iterdir()] == ["notes"]
    assert tmp_path.exists()


def test_a_run_folder_that_is_not_there(tmp_path: Path) -> None:
    with (
        pytest.raises(ConfigurationError, match="EVENTSMITH_RUN_DIR"),
        _run_folder(tmp_path / "missing"),
    ):
        pass


@pytest.mark.parametrize(("name", "on_cpu"), [("local", True), ("gpu", False)])
def test_which_processor_the_engine_needs(name: str, on_cpu: bool) -> None:
    table = yaml.safe_load(Path(f"configs/serve/{name}.yaml").read_text("utf-8"))
    assert _engine_on_cpu(table) is on_cpu


def test_the_card_shows_the_event_and_how_it_was_made() -> None:
    console = Console(width=100, record=True, file=StringIO())
    console.print(card(EVENT_RESPONSE))
    text = console.export_text()
    assert "ALB를 앞에 두고 서버를 두 대로 나눈다" in text
    assert "-15,000,000 won, +750 users, +4 trust, +ALB" in text
    assert "source llm · quality 91" in text
