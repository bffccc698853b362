"""An end that nobody notices who was let in: first the door is closed, then everybody is served, then the
platform goes."""

import signal
from collections.abc import Generator
from contextlib import contextmanager, suppress

import psutil

_DOOR, _CONTROLLER = "haproxy", "ray::ServeController"
LONGEST_S = 31
"""A request may ask for a deadline of thirty seconds; the default is under three."""
IDLE_S = 2
"""Connections kept for the next request, on which nobody asks, are closed over so long."""


def drain(patience_s: float = LONGEST_S) -> None:
    """Refuses new connections, and returns when every request under way is answered.

    HAProxy does both on SIGUSR1. Ray Serve would take its end for a fault and start another one, so its
    controller stands still meanwhile.
    """
    family = _family()
    doors = [one for one in family if _name(one) == _DOOR]
    with _standing_still([one for one in family if _title(one).startswith(_CONTROLLER)]):
        for door in doors:
            with suppress(psutil.NoSuchProcess):
                door.send_signal(signal.SIGUSR1)
        psutil.wait_procs(doors, timeout=patience_s)


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
