"""A LiteLLM proxy with its Redis cache, in an environment of its own, before a model that costs nothing."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
import yaml

from loadtest.hits import started
from serve.local.preflight import free_port
from serve.local.redis_server import executable

VERSION = "1.109.1"
"""Pinned; never 1.82.7 or 1.82.8."""
ENVIRONMENT = Path(".eventsmith/gateway")
COMPLETIONS = "/v1/chat/completions"
_KEY = "sk-bench"


def install(environment: Path) -> None:
    """Once. Exits with what uv says where the package cannot be had."""
    if (environment / "bin" / "litellm").exists():
        return
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    for command in (
        [uv, "venv", "-q", "--python", sys.executable, str(environment)],
        [uv, "pip", "install", "-q", "--python", str(environment / "bin" / "python"),
         f"litellm[proxy]=={VERSION}"],
    ):  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            shutil.rmtree(environment, ignore_errors=True)
            sys.exit(f"LiteLLM {VERSION} cannot be installed, nothing is measured:\n{done.stderr}")


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
    return {
        "model_list": [{"model_name": "bare", "litellm_params": parameters}],
        "litellm_settings": {
            "cache": True,
            "cache_params": {"type": "redis", "host": "127.0.0.1", "port": redis_port},
            "set_verbose": False,
        },
    }
