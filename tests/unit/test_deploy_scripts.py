"""`deploy.sh`, `rollback.sh`, `smoke.sh`: what they run, in which order, and what they do when it fails.

`docker` and `kubectl` are small programs that write down how they were called; the platform is the
real API under uvicorn, with Redis and engine in memory.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import MemoryStore
from served import backend, keyring
from site_under_test import site

from serve.api import Backend

SCRIPTS = Path("deploy/scripts")
KEY, ADMIN = "game-key-that-is-secret", "admin-token-that-is-secret"
_RECORDER = """#!/usr/bin/env bash
echo "$(basename "$0") $* [$EVENTSMITH_IMAGE]" >>"$CALLS"
[ -n "$BROKEN" ] && case "$*" in "$BROKEN"*) exit 1 ;; esac
case "$*" in *"get configmap"*) cat "$CALLS.versions" 2>/dev/null ;; esac
"""


class Machine:
    """Where the scripts run: their environment, and what was called."""

    def __init__(self, folder: Path, url: str) -> None:
        self.url, self.calls, self.state = url, folder / "calls", folder / "state"
        programs = folder / "bin"
        programs.mkdir()
        for name in ("docker", "kubectl"):
            path = programs / name
            path.write_text(_RECORDER)
            path.chmod(0o755)
        self.environment = os.environ | {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "CALLS": str(self.calls),
            "EVENTSMITH_STATE": str(self.state),
            "EVENTSMITH_API_KEYS": f"{KEY},another",
            "EVENTSMITH_ADMIN_TOKEN": ADMIN,
        }

    def run(self, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(SCRIPTS / f"{script}.sh"), *arguments]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False
        )
        assert KEY not in done.stdout + done.stderr
        assert ADMIN not in done.stdout + done.stderr
        return done

    def called(self) -> list[str]:
        return self.calls.read_text().splitlines() if self.calls.exists() else []

    def versions(self) -> list[str]:
        return (self.state / "releases").read_text().splitlines()


@pytest.fixture
def built() -> Backend:
    return backend(MemoryStore(), keyring((KEY, "another"), ADMIN, 1e6))


@pytest.fixture
def machine(tmp_path: Path, built: Backend) -> Iterator[Machine]:
    made = not Path(".env").exists()
    if made:
        shutil.copy(".env.example", ".env")
    with site(built) as url:
        yield Machine(tmp_path, url)
    if made:
        Path(".env").unlink()


def test_a_platform_that_works_passes_the_smoke(machine: Machine) -> None:
    done = machine.run("smoke", "--url", machine.url)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("ok ") == 8


def test_a_wrong_key_fails_the_smoke(machine: Machine) -> None:
    machine.environment["EVENTSMITH_API_KEYS"] = "another-one"
    done = machine.run("smoke", "--url", machine.url)
    assert done.returncode == 1
    assert "FAILED  an event in Korean: wanted 200" in done.stdout
    assert "ok      it is ready" in done.stdout


def test_nobody_there(machine: Machine) -> None:
    assert machine.run("smoke", "--url", "http://127.0.0.1:9").returncode == 1


def test_a_version_is_brought_up_proved_and_remembered(machine: Machine) -> None:
    done = machine.run("deploy", "1.4.0", "--url", machine.url)
    assert done.returncode == 0, done.stderr
    (call,) = machine.called()
    assert call.startswith("docker compose --env-file .env -f deploy/docker-compose.yml up")
    assert call.endswith("--wait --no-build [eventsmith:1.4.0]")
    again = machine.run("deploy", "1.4.0", "--url", machine.url)
    assert (again.returncode, machine.versions()) == (0, ["1.4.0"])


def test_a_version_that_fails_its_proof_goes_back(machine: Machine) -> None:
    machine.run("deploy", "1.4.0", "--url", machine.url)
    machine.environment["EVENTSMITH_API_KEYS"] = "another-one"
    done = machine.run("deploy", "1.5.0", "--url", machine.url)
    assert done.returncode == 1
    assert "1.5.0 failed its proof: back to 1.4.0" in done.stderr
    assert [call[-18:] for call in machine.called()] == [
        "[eventsmith:1.4.0]", "[eventsmith:1.5.0]", "[eventsmith:1.4.0]",
    ]  # fmt: skip
    assert machine.versions() == ["1.4.0"]


def test_a_first_version_that_fails_has_nowhere_to_go_back_to(machine: Machine) -> None:
    machine.environment["EVENTSMITH_API_KEYS"] = "another-one"
    assert machine.run("deploy", "1.4.0", "--url", machine.url).returncode == 2


def test_back_to_the_version_before(machine: Machine) -> None:
    for version in ("1.4.0", "1.5.0"):
        machine.run("deploy", version, "--url", machine.url)
    done = machine.run("rollback", "--url", machine.url)
    assert done.returncode == 0, done.stderr
    assert machine.called()[-1].endswith("[eventsmith:1.4.0]")
    assert "version back after" in done.stderr
    machine.run("rollback", "--to", "1.3.0", "--url", machine.url)
    assert machine.called()[-1].endswith("[eventsmith:1.3.0]")
    assert machine.versions() == ["1.4.0", "1.5.0", "1.4.0", "1.3.0"]


def test_on_kubernetes(machine: Machine) -> None:
    done = machine.run(
        "deploy", "1.4.0", "--target", "kuberay", "--overlay", "staging", "--url", machine.url
    )
    assert done.returncode == 0, done.stderr
    verbs = [call.split("[")[0] for call in machine.called()]
    assert any(verb.startswith("kubectl apply -k deploy/kuberay/overlays/") for verb in verbs)
    waits = [verb for verb in verbs if " wait " in verb]
    assert all("-n eventsmith-staging" in verb for verb in waits)
    assert len(waits) == 2
    assert {path.name for path in Path("deploy/kuberay/overlays").iterdir()} == {
        "staging", "production",
    }  # fmt: skip


def test_what_cannot_be_applied_is_not_taken_for_running(machine: Machine) -> None:
    machine.environment["BROKEN"] = "apply -k"
    done = machine.run("deploy", "1.4.0", "--target", "kuberay", "--url", machine.url)
    assert done.returncode == 2
    assert not any(" wait " in call for call in machine.called())
    machine.environment["BROKEN"] = "compose"
    assert machine.run("deploy", "1.4.0", "--url", machine.url).returncode == 2
    assert not machine.state.exists()


def test_the_image_of_the_version_is_in_every_pod(tmp_path: Path) -> None:
    """By kustomize itself, in a copy: what deploy.sh hands to `kubectl apply`."""
    if shutil.which("kubectl") is None:
        pytest.skip("NOT TESTED: no kubectl, so no image was put into an overlay; install kubectl")
    shutil.copytree("deploy/kuberay", tmp_path / "kuberay")
    folder = tmp_path / "kuberay/overlays/version"
    folder.mkdir()
    script = (SCRIPTS / "lib.sh").read_text()
    template = script.split("printf 'resources:")[1].split("' \\\n")[0]
    filled = f"resources:{template}".replace("\\n", "\n") % ("production", "hub/eventsmith", "9.9")
    (folder / "kustomization.yaml").write_text(filled)
    shutil.copy("deploy/kuberay/base/rayservice-fields.yaml", folder)
    rendered = subprocess.run(
        ["kubectl", "kustomize", str(folder)], capture_output=True, text=True, check=True
    ).stdout
    assert rendered.count("image: hub/eventsmith:9.9") == 3
    assert "image: eventsmith" not in rendered


def test_flag_off_in_one_command(machine: Machine, built: Backend) -> None:
    done = machine.run("rollback", "--flag-off", "--reason", 'wrong "texts"', "--url", machine.url)
    assert done.returncode == 0, done.stderr
    assert not built.flags.enabled("llm-events")
    print(done.stderr.strip(), file=sys.stderr)  # the seconds, for whoever looks


def test_a_roll_out_back_in_one_command(machine: Machine) -> None:
    done = machine.run("rollback", "--rollout", "--url", machine.url)
    assert done.returncode == 1
    assert "there is no roll-out" in done.stderr


def test_a_dry_run_changes_nothing(machine: Machine, built: Backend) -> None:
    for arguments in (
        ("deploy", "1.4.0"), ("deploy", "1.4.0", "--target", "kuberay"),
        ("rollback", "--to", "1.3.0"), ("rollback", "--flag-off"), ("smoke",),
    ):  # fmt: skip
        done = machine.run(*arguments, "--dry-run", "--url", machine.url)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("+ ")
    assert all(" get " in call for call in machine.called()), "it may only look"
    assert built.flags.enabled("llm-events")
    assert not machine.state.exists()


@pytest.mark.parametrize(
    "arguments", [("deploy",), ("deploy", "1.0", "--target", "ray"), ("smoke", "--fast")]
)
def test_wrong_usage_names_the_cure(machine: Machine, arguments: tuple[str, ...]) -> None:
    done = machine.run(*arguments)
    assert done.returncode == 1
    assert "--" in done.stderr


@pytest.mark.parametrize("script", ["deploy", "rollback", "smoke"])
def test_help(machine: Machine, script: str) -> None:
    done = machine.run(script, "--help")
    assert done.returncode == 0
    assert f"deploy/scripts/{script}.sh" in done.stdout


def test_the_scripts_are_clean() -> None:
    linter = shutil.which("shellcheck", path=str(Path(sys.executable).parent))
    if linter is None:
        pytest.skip("NOT TESTED: no shellcheck beside Python; `make setup` installs it")
    names = sorted(str(path) for path in SCRIPTS.glob("*.sh"))
    subprocess.run([linter, "--external-sources", "--source-path=SCRIPTDIR", *names], check=True)


def test_every_image_may_be_pinned_by_its_digest(machine: Machine) -> None:
    pinned = f"1.4.0@sha256:{'0' * 64}"
    done = machine.run("deploy", pinned, "--url", machine.url)
    assert done.returncode == 0, done.stderr
    assert machine.called()[-1].endswith(f"[eventsmith:{pinned}]")


def test_the_digests_of_all_images_of_others(machine: Machine) -> None:
    """As lines for .env; what no registry knows is said, and fails."""
    program = machine.calls.parent / "bin" / "docker"
    program.write_text('#!/bin/sh\ncase "$4" in redis*) exit 1 ;; esac\necho sha256:abc\n')
    done = machine.run("digests")
    assert done.returncode == 1
    assert "REDIS_IMAGE: no registry tells the digest of redis:7.2-bookworm" in done.stderr
    program.write_text("#!/bin/sh\necho sha256:abc\n")
    done = machine.run("digests")
    assert done.returncode == 0, done.stderr
    lines = dict(line.split("=", 1) for line in done.stdout.splitlines())
    assert lines["BASE_IMAGE"] == "python:3.11-slim-bookworm@sha256:abc"
    others = {
        f"{name}_IMAGE" for name in ("EDGE", "REDIS", "PROMETHEUS", "ALERTMANAGER", "GRAFANA")
    }
    assert lines.keys() == {"BASE_IMAGE"} | others
