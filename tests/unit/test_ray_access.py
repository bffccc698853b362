"""Ray's token and addresses, as its processes will find them in their environment."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from serve.errors import ConfigurationError
from serve.local.ray_access import guarded

_VARIABLES = ("RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH", "RAY_SERVE_HAPROXY_BINARY_PATH")
_EVERYWHERE = "0.0.0.0"  # noqa: S104 - a host to be told


@pytest.fixture(autouse=True)
def nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _VARIABLES:
        monkeypatch.delenv(name, raising=False)


def told() -> Path:
    return Path(os.environ["RAY_AUTH_TOKEN_PATH"])


def test_a_token_in_the_run_folder_for_its_owner_alone(tmp_path: Path) -> None:
    (tmp_path / "ray-token").write_text("of a run that was killed")
    old_mask = os.umask(0)
    try:
        with guarded(tmp_path, _EVERYWHERE):
            assert told() == tmp_path / "ray-token"
            assert len(told().read_text()) == 64
            assert stat.S_IMODE(told().stat().st_mode) == 0o600
    finally:
        os.umask(old_mask)
    assert all(name not in os.environ for name in _VARIABLES)


def test_one_that_is_given_goes_into_the_file_and_out_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAY_AUTH_TOKEN", "given")
    with guarded(tmp_path, _EVERYWHERE):
        assert "RAY_AUTH_TOKEN" not in os.environ
        assert told().read_text() == "given"
    assert os.environ["RAY_AUTH_TOKEN"] == "given"


def test_a_file_that_is_named_is_kept_or_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = tmp_path / "mine"
    monkeypatch.setenv("RAY_AUTH_TOKEN_PATH", str(named))
    with guarded(tmp_path, _EVERYWHERE):
        first = named.read_text()
    named.write_text("mine")
    with guarded(tmp_path, _EVERYWHERE):
        assert told().read_text() == "mine"
    assert len(first) == 64


def test_a_file_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_AUTH_TOKEN_PATH", str(tmp_path / "nowhere" / "token"))
    with (
        pytest.raises(ConfigurationError, match="RAY_AUTH_TOKEN_PATH"),
        guarded(tmp_path, _EVERYWHERE),
    ):
        pass


def test_on_loopback_the_proxy_binds_nothing_else(tmp_path: Path) -> None:
    config = tmp_path / "haproxy.cfg"
    config.write_text(
        "frontend prometheus\n    bind :9101\n    mode http\nfrontend http\n"
        "    bind 127.0.0.1:8000\nlisten stats\n  bind *:8404\n"
    )
    with guarded(tmp_path, "127.0.0.1"):
        program = os.environ["RAY_SERVE_HAPROXY_BINARY_PATH"]
        said = subprocess.run(
            [program, "-v", "-f", config], capture_output=True, text=True, check=True
        )
    assert said.stdout.startswith("HAProxy version")
    binds = [line.strip() for line in config.read_text().splitlines() if "bind" in line]
    assert binds == ["bind 127.0.0.1:9101", "bind 127.0.0.1:8000", "bind 127.0.0.1:8404"]


def test_beyond_loopback_ray_keeps_its_own_addresses(tmp_path: Path) -> None:
    with guarded(tmp_path, _EVERYWHERE):
        assert "RAY_SERVE_HAPROXY_BINARY_PATH" not in os.environ
        assert not (tmp_path / "haproxy").exists()
