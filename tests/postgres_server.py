"""A PostgreSQL of one's own: on loopback, in a folder that goes away with it."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from serve.local.preflight import free_port

_DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
"""Where Debian keeps the binaries, the newest first: not on the path."""


def _binaries() -> Path:
    if find_spec("psycopg") is None:
        pytest.skip(
            "NOT TESTED: no driver of PostgreSQL, so reviews were kept in SQLite alone. "
            "Install it with `pip install 'eventsmith[postgres]'`"
        )
    found = next((folder for folder in _DEBIAN if (folder / "initdb").exists()), None)
    if found is None:
        pytest.skip(
            "NOT TESTED: no PostgreSQL, so reviews were kept in SQLite alone. "
            "Install it with `apt-get install -y postgresql`"
        )
    return found


@contextmanager
def postgres() -> Generator[str]:
    """The URL of an empty database, as EVENTSMITH_REVIEW_DATABASE takes it."""
    binaries, folder, port = _binaries(), Path(tempfile.mkdtemp()), free_port()
    # PostgreSQL refuses to run as root; Debian's package brings a user for it.
    apart = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    prefix = apart if os.getuid() == 0 else []
    if prefix:
        shutil.chown(folder, "postgres", "postgres")
    data = str(folder / "data")
    made = [binaries / "initdb", "-D", data, "-U", "eventsmith", "-A", "trust", "--no-sync"]
    subprocess.run([*prefix, *made], check=True, capture_output=True, cwd=folder)
    served = [binaries / "postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", folder]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([*prefix, *served], stdout=log, stderr=log, cwd=folder)
        try:
            address = f"127.0.0.1:{port}/postgres"
            url = f"postgresql+psycopg://eventsmith@{address}"
            _wait(url, server)
            yield url
        finally:
            server.terminate()
            server.wait(30)
            shutil.rmtree(folder, ignore_errors=True)


def _wait(url: str, server: subprocess.Popen[bytes], seconds: float = 30) -> None:
    engine, end = (
        sa.create_engine(url, connect_args={"connect_timeout": 2}),
        time.monotonic() + seconds,
    )
    while True:
        try:
            engine.connect().close()
            engine.dispose()
            return
        except OperationalError:
            if server.poll() is not None or time.monotonic() > end:
                raise
            time.sleep(0.1)
