"""Dockerfile, compose file and .env.example: sound by themselves, and saying the same as the settings."""

import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml

from serve.local.cluster import EVERYWHERE
from serve.local.health import healthy
from serve.settings.reading import SECRETS

_COMPOSE, _EXAMPLE = Path("deploy/docker-compose.yml"), Path(".env.example")
_READ_BY_COMPOSE = {"COMPOSE_PROFILES"}
_OF_THE_COMMAND_LINE = {"EVENTSMITH_KEY"}
_OF_LIBRARIES = {
    "FORWARDED_ALLOW_IPS",
    "HF_HUB_OFFLINE", "OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG",
    "RAY_AUTH_MODE", "RAY_AUTH_TOKEN_PATH",
}  # fmt: skip


def compose() -> dict[str, Any]:
    return yaml.safe_load(_COMPOSE.read_text("utf-8"))


def services() -> dict[str, dict[str, Any]]:
    return compose()["services"]


def interpolated() -> dict[str, str]:
    """Variables of the compose file and their defaults."""
    return dict(re.findall(r"\$\{(\w+):-([^}]*)\}", _COMPOSE.read_text("utf-8")))


def example() -> dict[str, str]:
    return dict(re.findall(r"^(\w+)=(.*)$", _EXAMPLE.read_text("utf-8"), re.MULTILINE))


def read_by_the_platform() -> set[str]:
    """Names of variables in the code that reads the environment."""
    code = [*Path("serve/settings").glob("*.py"), Path("serve/telemetry.py")]
    names = (re.findall(r'"([A-Z]+(?:_[A-Z]+)+)"', path.read_text("utf-8")) for path in code)
    return {name for found in names for name in found} - _OF_THE_COMMAND_LINE


def given_to_the_platform() -> set[str]:
    return set(compose()["x-platform"]["environment"])


def test_the_example_has_every_variable_of_the_compose_file_with_its_default() -> None:
    assert example().keys() - _READ_BY_COMPOSE == interpolated().keys()
    assert {name: example()[name] for name in interpolated()} == interpolated()


def test_each_variable_has_one_default() -> None:
    found = re.findall(r"\$\{(\w+):-([^}]*)\}", _COMPOSE.read_text("utf-8"))
    assert len(set(found)) == len(dict(found))
    assert _COMPOSE.read_text("utf-8").count("${") == len(found)


def test_the_platform_is_given_every_variable_it_reads_and_no_other() -> None:
    given = {name.removesuffix("_FILE") for name in given_to_the_platform()}
    mounted = {
        "EVENTSMITH_CONFIG_DIR"
    }  # the folder itself, at the place where the image has its own
    assert given | mounted == read_by_the_platform() | _OF_LIBRARIES
    text = _EXAMPLE.read_text("utf-8")
    assert [name for name in given | mounted if not re.search(rf"\b{name}\b", text)] == []


def test_every_secret_comes_from_a_file_that_is_made_and_mounted() -> None:
    platform, declared = compose()["x-platform"], compose()["secrets"]
    files = {name: platform["environment"][f"{name}_FILE"] for name in SECRETS}
    assert {path.removeprefix("/run/secrets/") for path in files.values()} <= set(
        platform["secrets"]
    )
    assert given_to_the_platform().isdisjoint(SECRETS)
    script = Path("deploy/scripts/secrets.sh").read_text("utf-8")
    made = {Path(secret["file"]).name for secret in declared.values()}
    assert [name for name in made if not re.search(rf"\b{name}\b", script)] == []
    told = re.findall(r"^#   ([A-Z_]+) +([a-z_]+) ", _EXAMPLE.read_text("utf-8"), re.MULTILINE)
    assert dict(told) == {name: Path(path).name for name, path in files.items()}


@pytest.mark.parametrize("name", services())
def test_a_service_is_confined_checked_and_bounded(name: str) -> None:
    service = services()[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["healthcheck"]
    assert service["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}
    assert service.get("privileged") is None


def test_nothing_but_the_platform_and_its_edge_can_be_reached_from_outside() -> None:
    published = {name: service.get("ports", []) for name, service in services().items()}
    for name, ports in published.items():
        if not name.startswith(("eventsmith", "edge")):
            assert all(port.startswith("127.0.0.1:") for port in ports), name
    assert not published["redis"]
    assert not published["redis-tls"]
    assert compose()["networks"]["data"] == {"internal": True}


def test_redis_keeps_the_embedded_servers_limits() -> None:
    shipped = dict(
        line.split(maxsplit=1)
        for line in Path("configs/redis/redis.conf").read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    )
    code = Path("serve/local/redis_server.py").read_text("utf-8")
    for option in ("maxmemory", "maxmemory-policy"):
        assert f'"{option}": "{shipped[option]}"' in code


def test_secrets_are_made_once_and_readable_in_containers(tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is missing: apt-get install openssl")
    made = [_secrets(tmp_path / "secrets") for _ in range(2)]
    assert made[0] == made[1]
    declared = [secret["file"].partition("}/")[2] for secret in compose()["secrets"].values()]
    assert made[0].keys() >= set(declared)
    assert made[0]["redis_url"].startswith("redis://eventsmith:")
    assert made[0]["redis_password"].strip() not in made[0]["redis_users"]
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    files = [path for path in (tmp_path / "secrets").rglob("*") if path.is_file()]
    assert all(path.stat().st_mode & 0o004 for path in files)
    assert _secrets(tmp_path / "secrets", "--tls")["redis_url"].startswith("rediss://")


def _secrets(folder: Path, *arguments: str) -> dict[str, str]:
    subprocess.run(
        ["deploy/scripts/secrets.sh", *arguments],
        check=True,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "EVENTSMITH_SECRETS": str(folder)},
    )
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in files}


@pytest.mark.parametrize("engine", ["cpu", "gpu"])
def test_an_image_holds_what_the_lock_of_the_repository_holds(engine: str) -> None:
    image = _pins(Path(f"deploy/requirements-{engine}.lock"))
    whole = _pins(Path(f"requirements-{engine}.lock"))
    assert {name for name in image if name not in whole} == {"flask-wtf", "wtforms"}  # mlflow[auth]
    assert {name: pin for name, pin in image.items() if pin != whole.get(name, pin)} == {}
    assert image.keys().isdisjoint({"pytest", "ruff", "pyright", "locust", "hatchling"})


def _pins(lock: Path) -> dict[str, str]:
    """Package to version and hashes."""
    blocks = re.findall(
        r"^(\S+?)==(.*?)(?=^\S|\Z)", lock.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    return dict(blocks)


def test_healthy_from_the_engines_first_answer_on(tmp_path: Path) -> None:
    started = tmp_path / "started"
    with answering({"/readyz": {"status": "ready"}, **_engine("down")}) as url:
        assert not healthy(url, started)
    with answering({"/readyz": {"status": "ready"}, **_engine("up")}) as url:
        assert healthy(url, started)
    with answering({"/readyz": {"status": "ready"}, **_engine("down")}) as url:
        assert healthy(url, started)
    assert not healthy(url, started)  # nobody answers there any more


def _engine(state: str) -> dict[str, Any]:
    return {"/api/llm/health": {"status": "degraded", "checks": {"vllm": state, "redis": "down"}}}


@contextmanager
def answering(pages: dict[str, Any]) -> Generator[str]:
    """The URL of a server with these pages."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(pages[self.path]).encode())

        def log_request(self, code: object = "-", size: object = "-") -> None: ...

    with HTTPServer(("127.0.0.1", 0), Pages) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_hadolint_finds_nothing() -> None:
    program = shutil.which("hadolint", path=".venv/bin") or shutil.which("hadolint")
    if program is None:
        pytest.skip("hadolint is missing: make setup")
    assert _said(program, "deploy/Dockerfile") == ""


@pytest.mark.parametrize("profiles", ["cpu,redis", "gpu,redis-tls"])
def test_compose_accepts_the_file(profiles: str) -> None:
    if "version" not in _said("docker", "compose", "version"):
        pytest.skip("`docker compose` is missing: deploy/scripts/docker-engine.sh install")
    arguments = ("--env-file", str(_EXAMPLE), "-f", str(_COMPOSE), "config", "--quiet")
    assert _said("docker", "compose", *arguments, COMPOSE_PROFILES=profiles) == ""


def _said(*command: str, **environment: str) -> str:
    """What a command prints; how it ended, if it prints nothing and fails."""
    if shutil.which(command[0]) is None:
        return "missing"
    done = subprocess.run(
        command, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr or (f"status {done.returncode}" if done.returncode else "")


def test_ray_obeys_nobody_without_its_token() -> None:
    """Said in so many words, whatever Ray's default is: in the image, and in the compose file."""
    assert "RAY_AUTH_MODE=token" in Path("deploy/Dockerfile").read_text("utf-8")
    environment = compose()["x-platform"]["environment"]
    assert environment["RAY_AUTH_MODE"] == EVERYWHERE["RAY_AUTH_MODE"] == "token"
    path = PurePosixPath(environment["RAY_AUTH_TOKEN_PATH"])
    assert str(path.parent) == environment["EVENTSMITH_RUN_DIR"]  # its own, and in memory
    mounted = [mount.split(":")[1] for mount in compose()["x-platform"]["volumes"]]
    assert not any(path.is_relative_to(folder) for folder in mounted)
