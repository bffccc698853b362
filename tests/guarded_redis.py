"""A Redis of our own that asks for a password."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import redis

from serve.local.preflight import free_port
from serve.local.redis_server import RedisServer, executable


class GuardedRedis(RedisServer):
    """A Redis that asks for a password, which stands in its configuration alone."""

    def __init__(self, folder: Path, password: str) -> None:
        super().__init__(folder)
        self._port, self._file = free_port(), folder / "redis.conf"
        self.url = f"redis://:{password}@127.0.0.1:{self._port}/0"
        self._file.write_text(
            f"port {self._port}\nbind 127.0.0.1\nsave ''\nrequirepass {password}\n"
            f"logfile {folder}/redis.log\nmaxmemory 256mb\nmaxmemory-policy volatile-lru\n"
        )

    def start(self) -> None:
        self.process = subprocess.Popen([executable(), str(self._file)], start_new_session=True)
        for _ in range(100):
            with suppress(redis.RedisError):
                redis.Redis.from_url(self.url).ping()
                return
            time.sleep(0.1)
        raise AssertionError("Redis does not answer")

    def freeze(self, frozen: bool) -> None:
        """It keeps its connections and answers nothing, until it is not frozen any more."""
        assert self.process
        os.kill(self.process.pid, signal.SIGSTOP if frozen else signal.SIGCONT)

    def content(self) -> Generator[bytes]:
        """Every key and its value, of whatever kind."""
        with redis.Redis.from_url(self.url) as client:
            for key in client.scan_iter():
                match client.type(key):
                    case b"string":
                        value = client.get(key)
                    case b"hash":
                        value = client.hgetall(key)
                    case b"list":
                        value = client.lrange(key, 0, -1)
                    case b"set":
                        value = client.smembers(key)
                    case kind:
                        raise AssertionError(f"{key!r} is a {kind!r}, which nobody reads here")
                yield key + b" " + repr(value).encode()


@contextmanager
def guarded_redis(folder: Path, password: str) -> Generator[GuardedRedis]:
    own = folder / "redis"
    own.mkdir()
    server = GuardedRedis(own, password)
    server.start()
    try:
        yield server
    finally:
        server.freeze(False)
        server.stop()
        shutil.rmtree(own)
