"""Variants published to MLflow, and a platform that serves what an alias points to."""

import os
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from evaluation.tracking.registry import Published, publish, versions
from serve import metrics
from serve.adapters.prompt_registry import PromptRegistry
from serve.errors import ConfigurationError
from serve.local.preflight import free_port
from serve.prompts import PromptVariant, load, source_text
from serve.settings import PromptRegistryConfig
from serve.tally import Tally

COMPACT = source_text("compact")
LOOSE = COMPACT.replace("compact-3", "compact-loose").replace("min_p: 0.25", "min_p: 0.1")


@contextmanager
def server(folder: Path, port: int) -> Generator[subprocess.Popen[bytes]]:
    """A real MLflow server on SQLite."""
    command = [sys.executable, "-m", "mlflow", "server", "--workers", "1", "--port", str(port)]
    store = f"sqlite:///{folder / 'mlflow.db'}"
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--backend-store-uri", store],
            env=os.environ | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"},
            stdout=log,
            stderr=log,
        )
    try:
        end = time.monotonic() + 60
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}/health").raise_for_status()
                break
            except httpx.HTTPError:
                if process.poll() is not None or time.monotonic() > end:
                    pytest.fail((folder / "log").read_text())
                time.sleep(0.2)
        yield process
    finally:
        process.terminate()
        process.wait(20)


def config(folder: Path, uri: str) -> PromptRegistryConfig:
    return PromptRegistryConfig(uri, "eventsmith", "production", 30, folder / "state" / "p.yaml")


def registry(
    config: PromptRegistryConfig, switched: list[PromptVariant]
) -> tuple[PromptRegistry, Tally]:
    tally = Tally()
    return PromptRegistry(config, load("compact"), tally, switched.append), tally


async def test_a_platform_follows_the_alias_and_outlives_mlflow(tmp_path: Path) -> None:
    port, switched = free_port(), list[PromptVariant]()
    uri = f"http://127.0.0.1:{port}"
    ours = config(tmp_path, uri)
    with server(tmp_path, port):
        platform, tally = registry(ours, switched)
        await platform.follow()  # nothing is published yet
        assert platform.current == load("compact")
        assert platform.shown()["promptOrigin"] == "file"

        first = publish("compact", COMPACT, alias="production", uri=uri)
        assert first == Published(1, "compact", "compact-3", ("production",), new=True)
        await platform.follow()
        assert switched == []
        assert platform.shown()["promptOrigin"] == "registry"
        assert platform.shown()["promptConfirmedAt"] == pytest.approx(time.time(), abs=30)

        assert publish("loose", LOOSE, alias="candidate", uri=uri).number == 2
        await platform.follow()
        assert switched == []
        assert publish("loose", LOOSE, alias="production", uri=uri) == Published(
            2, "loose", "compact-loose", ("candidate", "production")
        )
        await platform.follow()
        assert [one.version for one in switched] == ["compact-loose"]
        assert platform.current.sampling.min_p == 0.1

        publish("instruct", source_text("instruct"), alias="production", uri=uri)
        await platform.follow()  # a chat prompt, which the model does not understand
        assert platform.current.version == "compact-loose"
        assert [(one.number, one.aliases) for one in versions(uri=uri)] == [
            (3, ("production",)),
            (2, ("candidate",)),
            (1, ()),
        ]
        with pytest.raises(ConfigurationError, match="compact-3 is published already"):
            publish("compact", COMPACT.replace("0.25", "0.3"), uri=uri)
    await platform.follow()  # the server is gone
    assert platform.current.version == "compact-loose"
    counted = tally.take()
    assert counted.counts[metrics.PROMPT_SWITCHES.name, ()] == 1

    again, _ = registry(ours, switched)
    assert again.current.version == "compact-loose"
    assert again.shown()["promptOrigin"] == "disk"
    await again.follow()
    assert again.current.version == "compact-loose"


async def test_what_is_on_disk_must_be_usable(tmp_path: Path) -> None:
    ours = config(tmp_path, f"http://127.0.0.1:{free_port()}")
    ours.state.parent.mkdir()
    for text in ("", "version: [", source_text("instruct"), "\x00"):
        ours.state.write_text(text, "utf-8")
        platform, _ = registry(ours, [])
        assert platform.current == load("compact")


async def test_a_state_that_cannot_be_written_changes_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way", "utf-8")
    platform, tally = registry(config(tmp_path, "http://127.0.0.1:9"), [])
    platform._take(load("compact").model_copy(update={"version": "x"}), COMPACT)
    assert platform.current.version == "x"
    assert tally.take().counts[metrics.PROMPT_ERRORS.name, ("unwritable",)] == 1


def test_the_command_publishes_and_lists(tmp_path: Path) -> None:
    command = [str(Path(sys.executable).with_name("eventsmith-eval")), "publish"]
    store = ["--tracking-uri", f"sqlite:///{tmp_path / 'mlflow.db'}"]

    def run(*options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *options, *store], capture_output=True, text=True, check=False
        )

    assert "eventsmith 1: compact-3" in run("compact", "--alias", "production").stdout
    assert "published already" in run("compact", "--list").stdout
    for options, said in (
        ([], "name a variant"),
        (["nope"], "there are compact"),
        (["compact", "instruct", "--alias", "x"], "name exactly one"),
        (["gone.yaml"], "cannot be read"),
    ):
        failed = run(*options)
        assert failed.returncode == 2
        assert said in failed.stderr
