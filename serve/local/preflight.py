"""Is this machine able to run the platform? Each answer is one sentence with the cure."""

import platform
import socket
from pathlib import Path

import psutil

from serve.errors import ConfigurationError

_NEEDED_GIB = 5


def check(host: str, port: int, *, engine: bool) -> None:
    """Raises ConfigurationError at the first thing that would make a start fail later."""
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        raise ConfigurationError("eventsmith's engine runs on Linux on x86-64; this is neither")
    if engine and "avx2" not in Path("/proc/cpuinfo").read_text():
        raise ConfigurationError(
            "this processor has no AVX2, which vLLM needs on a CPU; "
            "set VLLM_ENDPOINT to a model server"
        )
    available = psutil.virtual_memory().available / 2**30
    if available < _NEEDED_GIB:
        raise ConfigurationError(
            f"{available:.1f} GiB of memory are free and {_NEEDED_GIB} are needed; "
            "close something large"
        )
    if not free(host, port):
        raise ConfigurationError(
            f"port {port} is taken; stop what listens there or choose another with --port"
        )


def free(host: str, port: int) -> bool:
    """Whether a server could listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
