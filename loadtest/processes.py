"""The processes of a platform on this machine, found by what they call themselves."""

import signal
from collections.abc import Generator
from contextlib import contextmanager, suppress

import psutil

_BY_NAME = {
    "raylet": "raylet",
    "gcs_server": "GCS",
    "redis-server": "Redis",
    "haproxy": "HAProxy",
}
_BY_TITLE = {
    "ServeReplica:eventsmith:": "",  # the deployment's own name follows
    "ServeController": "Serve controller",
    "HAProxyManager": "proxy actor",
    "ProxyActor": "proxy actor",
    "IDLE": "idle workers",
}
"""By the title that Ray gives a worker."""
_DASHBOARD = ("ray-dashboard-", "/dashboard/dashboard.py", "ray.dashboard.modules")
REST = "rest of Ray"
"""Agents, log monitor, resource trackers."""


def family(root: psutil.Process) -> list[psutil.Process]:
    """Everything alive that `root` has started, and what that has started."""
    with suppress(psutil.NoSuchProcess):
        return [one for one in root.children(recursive=True) if _alive(one)]
    return []


def group(process: psutil.Process) -> str:
    """The part of the platform it belongs to: a deployment's name, or one of Ray's."""
    with suppress(psutil.NoSuchProcess):
        name, command = process.name(), process.cmdline()
        if name in _BY_NAME:
            return _BY_NAME[name]
        if part := _by_title(command):
            return part
        if any(mark in " ".join(command) for mark in _DASHBOARD):
            return "Ray dashboard"
        # What a worker has started, as the engine the process that holds the model: by descent, as the
        # title it gives itself is lost where something rearranged the environment.
        ancestors = (_by_title(one.cmdline()) for one in process.parents())
        return next(filter(None, ancestors), REST)
    return REST


def _by_title(command: list[str]) -> str:
    """The part that a worker of Ray says it is, or nothing."""
    title = " ".join(command[:1])
    for part, told in _BY_TITLE.items():
        before, found, after = title.partition(part)
        if found and before.startswith("ray::"):
            return told or after.partition(".")[0]  # a method's name may follow
    return ""


def _alive(process: psutil.Process) -> bool:
    """A dead process is listed until its parent has taken note."""
    with suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE
    return False


def members(root: psutil.Process, name: str) -> list[psutil.Process]:
    """The processes of one group."""
    return [one for one in family(root) if group(one) == name]


def kill(processes: list[psutil.Process]) -> None:
    """At once, as a fault of the machine would."""
    for process in processes:
        process.kill()


@contextmanager
def frozen(processes: list[psutil.Process]) -> Generator[None]:
    """They stand still while the block runs, and keep their connections."""
    try:
        for process in processes:
            process.send_signal(signal.SIGSTOP)
        yield
    finally:
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGCONT)
