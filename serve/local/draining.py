"""An end that nobody notices who was let in: first the door is closed, then everybody is served, then the
platform goes."""

import csv
import signal
import socket
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

DESK = "admin.sock"
"""The socket of HAProxy's command line, in the folder of its configuration."""
LONGEST_S = 31
"""A request may ask for a deadline of thirty seconds; the default is under three."""
_DOOR, _CONTROLLER = "haproxy", "ray::ServeController"
_LOOK_S, _ANSWERS_S = 0.1, 1.0


def drain(patience_s: float = LONGEST_S) -> None:
    """Refuses new connections, and returns when every request under way is answered.

    HAProxy does both on SIGUSR1. Ray Serve would take its end for a fault and start another one, so its
    controller stands still meanwhile. HAProxy would stay for connections that are kept for a next request:
    its command line tells when there is no request any more.
    """
    family = _family()
    doors = [one for one in family if _name(one) == _DOOR]
    controllers = [one for one in family if _title(one).startswith(_CONTROLLER)]
    with _standing_still(controllers), socket.socket(socket.AF_UNIX) as desk_socket:
        line = _line(desk_socket, doors)
        for door in doors:
            with suppress(psutil.NoSuchProcess):
                door.send_signal(signal.SIGUSR1)
        _wait(doors, line, patience_s)


def _wait(doors: list[psutil.Process], line: "_CommandLine | None", patience_s: float) -> None:
    end = time.monotonic() + patience_s
    while psutil.wait_procs(doors, timeout=_LOOK_S)[1] and time.monotonic() < end:
        with suppress(OSError, psutil.NoSuchProcess):
            if line and not line.requests():
                psutil.Process(line.pid).terminate()


class _CommandLine:
    """HAProxy's own: whoever has it open is answered even when the door is closed."""

    def __init__(self, connection: socket.socket) -> None:
        """Raises OSError when nobody answers there."""
        self._socket = connection
        self._ask("prompt")  # more than one question
        info = dict(
            row.split(": ", 1) for row in self._ask("show info").splitlines() if ": " in row
        )
        self.pid = int(info["Pid"])

    def requests(self) -> int:
        """So many are under way or wait for a replica. Raises OSError when it has gone."""
        rows = csv.DictReader(self._ask("show stat").removeprefix("# ").splitlines())
        backends = [row for row in rows if row["svname"] == "BACKEND"]
        return sum(int(row["scur"]) + int(row["qcur"]) for row in backends)

    def _ask(self, question: str) -> str:
        self._socket.sendall(f"{question}\n".encode())
        answer = b""
        while not answer.endswith(b"\n> "):
            piece = self._socket.recv(65536)
            if not piece:
                raise ConnectionResetError
            answer += piece
        return answer.removesuffix(b"\n> ").decode()


def _line(unconnected: socket.socket, doors: list[psutil.Process]) -> _CommandLine | None:
    """None where there is none: then HAProxy is waited for until it goes by itself."""
    unconnected.settimeout(_ANSWERS_S)
    with suppress(OSError, IndexError, ValueError, psutil.NoSuchProcess):
        command = doors[0].cmdline()
        configuration = Path(command[command.index("-f") + 1])
        unconnected.connect(str(configuration.with_name(DESK)))
        return _CommandLine(unconnected)
    return None


@contextmanager
def _standing_still(processes: list[psutil.Process]) -> Generator[None]:
    try:
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.suspend()
        yield
    finally:
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.resume()


def _family() -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        return psutil.Process().children(recursive=True)
    return []


def _name(process: psutil.Process) -> str:
    with suppress(psutil.NoSuchProcess):
        return process.name()
    return ""


def _title(process: psutil.Process) -> str:
    with suppress(psutil.NoSuchProcess):
        return " ".join(process.cmdline()[:1])
    return ""
