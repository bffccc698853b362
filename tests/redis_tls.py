"""Debian's Redis with the configuration, the users and the certificate that are shipped."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import redis

from serve.local.preflight import free_port

_CONFIGS = Path("configs/redis")
_PASSWORD = "of-the-tests"


@dataclass(frozen=True)
class TlsRedis:
    """A server that runs, in a folder of its own."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        """What secrets.sh makes of it for the platform, its paths put right."""
        return self._here((self.folder / "redis_url").read_text("utf-8").strip())

    def url_of(
        self, user: str, password: str, *, scheme: str = "rediss", ca: str = "redis_ca"
    ) -> str:
        trusted = f"?ssl_ca_certs={self.folder / ca}" if scheme == "rediss" else ""
        return f"{scheme}://{user}:{password}@redis:{self.port}/0{trusted}"

    @property
    def admin(self) -> redis.Redis:
        """A user that the tests alone have."""
        return redis.Redis.from_url(self.url_of("tests", _PASSWORD), decode_responses=True)

    def _here(self, url: str) -> str:
        return url.replace("/run/secrets", str(self.folder)).replace(":6379/", f":{self.port}/")


@contextmanager
def redis_tls() -> Generator[TlsRedis]:
    """It runs while the block does, and this process knows it by the name in its certificate."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip(
            "NOT TESTED: no redis-server with TLS, so neither Redis' users nor its certificate were "
            "tried. Install it with `RUNLEVEL=1 apt-get install -y --no-install-recommends redis-server`"
        )
    with tempfile.TemporaryDirectory(prefix="es-tls-") as name:
        server = TlsRedis(Path(name), free_port())
        make_secrets(server.folder)
        _configure(server)
        command = [program, str(server.folder / "redis-tls.conf"), "--bind", "127.0.0.1"]
        with (server.folder / "log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            with _known_as("redis"):
                _wait(server)
                yield server
        finally:
            process.terminate()
            process.wait(20)


def make_secrets(folder: Path) -> None:
    """As an operator makes them."""
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "EVENTSMITH_SECRETS": str(folder)}
    subprocess.run(["deploy/scripts/secrets.sh", "--tls"], check=True, env=environment)


def _configure(server: TlsRedis) -> None:
    for name in ("redis.conf", "redis-tls.conf"):
        text = (_CONFIGS / name).read_text("utf-8")
        for there in ("/run/secrets", "/etc/redis", "/data"):
            text = text.replace(there, str(server.folder))
        text = text.replace("tls-port 6379", f"tls-port {server.port}")
        (server.folder / name).write_text(text, "utf-8")
    with (server.folder / "redis_users").open("a", encoding="utf-8") as users:
        users.write(f"user tests on >{_PASSWORD} ~* &* +@all\n")


def _wait(server: TlsRedis) -> None:
    for _ in range(100):
        with suppress(redis.RedisError):
            server.admin.ping()
            return
        time.sleep(0.1)
    pytest.fail(f"Redis does not answer:\n{(server.folder / 'log').read_text()}")


@contextmanager
def _known_as(name: str) -> Generator[None]:
    """The name that the compose file's network resolves, resolved here."""
    asked = socket.getaddrinfo

    def known(host: Any, *others: Any, **named: Any) -> Any:
        return asked("127.0.0.1" if host == name else host, *others, **named)

    socket.getaddrinfo = known
    try:
        yield
    finally:
        socket.getaddrinfo = asked
