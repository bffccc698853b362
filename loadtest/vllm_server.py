"""vLLM's own OpenAI-compatible server with the bundled model."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from serve.adapters.vllm_engine import model_name, model_path
from serve.local.preflight import free_port
from serve.settings import EngineConfig

CONFIG = EngineConfig()


@contextmanager
def bundled_server(
    log: Path,
    options: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Generator[str]:
    """Its address, once it answers; fails with the end of its log when it does not in time."""
    port = free_port()
    command = [sys.executable, "-m", "vllm.entrypoints.openai.api_server", "--enforce-eager"]
    arguments = _options(port) | dict(options or {})
    command += [part for pair in arguments.items() for part in pair]
    with log.open("w") as output:
        process = subprocess.Popen(
            command, env=_environment() | dict(environment or {}), stdout=output, stderr=output
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(url, process, log)
        yield url
    finally:
        process.terminate()
        process.wait(30)


def _options(port: int) -> dict[str, str]:
    return {
        "--model": model_path(CONFIG),
        "--served-model-name": model_name(CONFIG),
        "--port": str(port),
        "--host": "127.0.0.1",
        "--dtype": "bfloat16",
        "--max-model-len": "1024",
        "--max-num-seqs": "4",
        "--kv-cache-memory-bytes": str(64 << 20),
        "--gpu-memory-utilization": "0.1",
        "--structured-outputs-config": json.dumps(
            {"backend": "xgrammar", "disable_any_whitespace": True}
        ),
    }


def _environment() -> dict[str, str]:
    environment = os.environ | {
        "VLLM_CPU_OMP_THREADS_BIND": "nobind",
        "OMP_NUM_THREADS": "1",
        "VLLM_NO_USAGE_STATS": "1",
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(240):
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"{url}/health").status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.5)
    raise RuntimeError(log.read_text()[-2000:])
