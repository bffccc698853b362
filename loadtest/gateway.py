"""A LiteLLM proxy with its Redis cache, in an environment of its own, before a model that costs nothing."""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
import yaml

from loadtest.hits import started
from serve.local.preflight import free_port
from serve.local.redis_server import executable

VERSION = "1.106.2"
"""Pinned, the newest whose parts are all published; never 1.82.7 or 1.82.8."""
ENVIRONMENT = Path(".eventsmith/gateway")
COMPLETIONS = "/v1/chat/completions"
_KEY = "sk-bench"
_TTL_S = 86_400
"""Longer than any run: LiteLLM's own 60 s would put misses among the hits."""


def install(environment: Path) -> None:
    """Once for each pin. Exits with what uv says where the package cannot be had."""
    python = environment / "bin" / "python"
    if _installed(python) == VERSION:
        return
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    if not python.exists():
        _uv([uv, "venv", "-q", "--python", sys.executable, str(environment)])
    _uv([uv, "pip", "install", "-q", "--python", str(python), f"litellm[proxy]=={VERSION}"])


def _uv(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        sys.exit(f"LiteLLM {VERSION} cannot be installed, nothing is measured: uv is missing")
    if done.returncode:
        sys.exit(f"LiteLLM {VERSION} cannot be installed, nothing is measured:\n{done.stderr}")


def _installed(python: Path) -> str:
    """The version in that environment; empty where there is none."""
    if not python.exists():
        return ""
    code = "from importlib.metadata import version; print(version('litellm'))"
    done = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def request(size: int) -> str:
    """A chat completion of so many bytes, as long as ours; the same each time, so that it hits."""
    message = {"role": "user", "content": ""}
    room = size - len(json.dumps({"model": "bare", "messages": [message]}))
    message["content"] = "x" * room
    return json.dumps({"model": "bare", "messages": [message]})


@contextmanager
def gateway(environment: Path, model: str) -> Generator[str]:
    """Its address; `model` is that of the server behind it. One worker, as the floor has."""
    with tempfile.TemporaryDirectory() as folder, _redis(folder) as redis_port:
        config, port = Path(folder, "config.yaml"), free_port()
        config.write_text(yaml.safe_dump(_config(model, redis_port)), "utf-8")
        command = [
            str(environment / "bin" / "litellm"), "--config", str(config), "--port", str(port),
            "--host", "127.0.0.1", "--num_workers", "1",
        ]  # fmt: skip
        settings = {
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # or it fetches prices when it starts
            "LITELLM_LOG": "ERROR",
            "LITELLM_TELEMETRY": "False",
        }
        with started(command, f"http://127.0.0.1:{port}/health/liveliness", settings):
            yield f"http://127.0.0.1:{port}"


def warm(proxy: str, model: str, body: str) -> None:
    """Asks until an answer comes from the cache. Exits when none does: only hits are compared."""
    for _ in range(20):
        before = asked(model)
        answer = httpx.post(proxy + COMPLETIONS, content=body, timeout=60).raise_for_status()
        if "x-litellm-cache-key" in answer.headers and asked(model) == before:
            return
        time.sleep(0.2)  # an answer is written to the cache after it is sent
    sys.exit("LiteLLM answers nothing from its cache, nothing is measured")


def asked(model: str) -> int:
    """How often the model behind it was asked."""
    return int(httpx.get(f"{model}/asked").text)


@contextmanager
def _redis(folder: str) -> Generator[int]:
    port = free_port()
    process = subprocess.Popen(
        [executable(), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder],
        stdout=subprocess.DEVNULL,
    )
    try:
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _config(model: str, redis_port: int) -> dict[str, object]:
    parameters = {"model": "openai/bare", "api_base": f"{model}/v1", "api_key": _KEY}
    cache = {"type": "redis", "host": "127.0.0.1", "port": redis_port, "ttl": _TTL_S}
    return {
        "model_list": [{"model_name": "bare", "litellm_params": parameters}],
        # Ours asks for no key here either; on loopback, with nothing behind it worth one.
        "general_settings": {"dangerously_permit_weak_or_unset_master_key": True},
        "litellm_settings": {
            "cache": True,
            "cache_params": cache,
            "telemetry": False,
            "set_verbose": False,
        },
    }
