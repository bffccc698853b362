"""A Docker engine, images for it, and the compose file running on it.

Where a registry answers, the images are those that .env.example names. Where none does they are made of
Debian's packages, in the same shape; Grafana is not among those.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from serve.local.preflight import free_port

_ENGINE, _COMPOSE = "deploy/scripts/docker-engine.sh", "deploy/docker-compose.yml"
_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
_WHEELS = Path("deploy/wheels")
IMAGE, _BASE, _RELEASE = "eventsmith:proof", "eventsmith-standin:base", "bookworm"
_REAL_BASE = "python:3.11-slim-bookworm"
_STANDINS = {
    f"{name.upper()}_IMAGE": (name, f"eventsmith-standin:{name}")
    for name in ("edge", "redis", "prometheus", "alertmanager")
}
_PORTS = (
    "EVENTSMITH_PORT", "MLFLOW_PORT", "PROMETHEUS_PORT", "ALERTMANAGER_PORT", "GRAFANA_PORT",
    "EDGE_PORT", "EDGE_PLAIN_PORT",
)  # fmt: skip


def run(*command: str, **environment: str) -> str:
    """Its output. Raises AssertionError with the end of what it says where it fails."""
    done = subprocess.run(
        command,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-4000:]}"
    return done.stdout


@contextmanager
def engine() -> Generator[None]:
    """Docker answers while the block runs; an engine that was not there before is stopped after it."""
    try:
        run(_ENGINE, "install")
        run(_ENGINE, "start")
    except AssertionError as error:
        pytest.skip(f"no Docker engine can be started here: {error}")
    try:
        yield
    finally:
        run(_ENGINE, "stop")


@dataclass
class Images:
    """What .env would say about images, and which services have none."""

    environment: dict[str, str] = field(default_factory=dict[str, str])
    missing: tuple[str, ...] = ()


def images() -> Images:
    """Those of a registry, or stand-ins."""
    if _quiet("docker", "pull", "--quiet", os.environ.get("BASE_IMAGE", _REAL_BASE)):
        return Images()
    if not _quiet("docker", "image", "inspect", _BASE):
        _make_base()
    for target, tag in _STANDINS.values():
        run(
            "docker", "buildx", "build", "--network", "host", "--build-arg", f"BASE_IMAGE={_BASE}",
            "--target", target, "--tag", tag, "tests/standins",
        )  # fmt: skip
    named = {variable: tag for variable, (_, tag) in _STANDINS.items()}
    return Images({"BASE_IMAGE": _BASE, **named}, missing=("grafana",))


def build(found: Images) -> float:
    """The platform's image for a CPU, with what it is made of written down in it; seconds it took."""
    run(sys.executable, "-m", "deploy.supply_chain", "--no-audit", "--write")
    began = time.monotonic()
    base = found.environment.get("BASE_IMAGE", _REAL_BASE)
    with _wheels():
        run(
            "docker", "buildx", "build", "--network", "host", "--build-arg", f"BASE_IMAGE={base}",
            "--file", "deploy/Dockerfile", "--target", "cpu", "--tag", IMAGE, ".",
        )  # fmt: skip
    return time.monotonic() - began


class Deployment:
    """The compose file, with ports and secrets of its own."""

    def __init__(self, folder: Path, found: Images) -> None:
        self.secrets = folder / "secrets"
        self.ports = {name: str(free_port()) for name in _PORTS}
        self._environment = {
            **found.environment,
            **self.ports,
            "EVENTSMITH_IMAGE": IMAGE,
            "EVENTSMITH_SECRETS": str(self.secrets),
            "EDGE_BIND": "127.0.0.1",
            "COMPOSE_PROFILES": "cpu,redis,edge",
            "COMPOSE_PROJECT_NAME": "eventsmith-proof",
            "MODELS_VOLUME": "eventsmith-proof-models",
        }
        every = self.compose("config", "--services").split()
        self.services = [name for name in every if name not in found.missing]
        run("deploy/scripts/secrets.sh", **self._environment)

    def compose(self, *arguments: str, **environment: str) -> str:
        settings = self._environment | environment
        return run("docker", "compose", "--file", _COMPOSE, *arguments, **settings)

    def up(self, *services: str) -> None:
        """Raises AssertionError with what the containers say where one does not become healthy."""
        try:
            self.compose("up", "--detach", "--wait", "--no-build", *(services or self.services))
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.compose('logs', '--tail', '40')}") from None

    def down(self) -> float:
        """Seconds it took."""
        began = time.monotonic()
        whatever = {"COMPOSE_PROFILES": "cpu,redis,redis-tls,edge"}
        self.compose("down", "--volumes", "--timeout", "45", **whatever)
        return time.monotonic() - began

    def url(self, port: str) -> str:
        return f"http://127.0.0.1:{self.ports[port]}"

    def secret(self, name: str) -> str:
        return (self.secrets / name).read_text("utf-8").strip()


def _quiet(*command: str) -> bool:
    """Whether it succeeds within a minute."""
    try:
        return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def _make_base() -> None:
    """What the real base offers: Debian with Python, and whom this machine trusts."""
    command = (
        "mmdebstrap --variant=minbase --include=python3,python3-venv,ca-certificates,openssl "
        f"--customize-hook='copy-in {_CERTIFICATES} {_CERTIFICATES.parent}' {_RELEASE} - | "
        f"docker import --change 'ENV SSL_CERT_FILE={_CERTIFICATES} PIP_CERT={_CERTIFICATES}' - {_BASE}"
    )
    run("bash", "-o", "pipefail", "-c", command)


@contextmanager
def _wheels() -> Generator[None]:
    """torch's wheel where the Dockerfile looks for it, if pip has it from a folder."""
    config = run(sys.executable, "-m", "pip", "config", "list")
    folders = re.findall(r"find-links='([^']*)'", config)
    found = {wheel for folder in folders for wheel in Path(folder).glob("torch-*cpu*.whl")}
    lent = [wheel for wheel in found if not (_WHEELS / wheel.name).exists()]
    for wheel in lent:
        shutil.copy(wheel, _WHEELS)
    try:
        yield
    finally:
        for wheel in lent:
            (_WHEELS / wheel.name).unlink()
