"""Processes that die, a model that misbehaves, neighbours that go away, an end that is asked for."""

import signal
import subprocess
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager

import yaml

from loadtest.chaos.clock import TRUE
from loadtest.chaos.disk import fill
from loadtest.chaos.grounds import Grounds
from loadtest.chaos.model_server import Mode
from loadtest.chaos.scenario import Injected, Skipped
from loadtest.processes import kill
from loadtest.soak.faults import FAULTS
from serve.errors import ConfigurationError

_STOP_S = 90.0


def of_the_soak(name: str) -> Injected:
    """A fault that the soak knows as well."""

    def inject(grounds: Grounds) -> AbstractContextManager[None]:
        return FAULTS[name].inject(grounds.stage)

    return inject


def killed(group: str) -> Injected:
    """kill -9 to every process of a part of the platform."""

    @contextmanager
    def inject(grounds: Grounds) -> Generator[None]:
        kill(grounds.stage.processes(group))
        yield

    return inject


def engine(mode: Mode) -> Injected:
    """The model server behaves like this, and well again."""

    @contextmanager
    def inject(grounds: Grounds) -> Generator[None]:
        if grounds.model is None:
            raise ConfigurationError("no model server of our own runs")
        grounds.model.mode = mode
        try:
            yield
        finally:
            grounds.model.mode = Mode.WELL

    return inject


@contextmanager
def neighbours_gone(grounds: Grounds) -> Generator[None]:
    """MLflow and Prometheus are killed, and started again."""
    around = grounds.surroundings
    if around is None:
        raise ConfigurationError("no MLflow of our own runs")
    if around.prometheus is None:
        raise Skipped("no prometheus: apt-get install -y --no-install-recommends prometheus")
    servers = (around.prometheus, around.mlflow)
    for server in servers:
        server.kill()
    try:
        yield
    finally:
        for server in servers:
            server.start()


@contextmanager
def redeployed(grounds: Grounds) -> Generator[None]:
    """The same application with one value changed: every replica is replaced."""
    table = yaml.safe_load(grounds.platform.config.read_text("utf-8"))
    table["applications"][0]["args"]["generation_budget_s"] += 1
    grounds.platform.redeploy(table)
    yield


@contextmanager
def asked_to_stop(grounds: Grounds) -> Generator[None]:
    """SIGTERM to `eventsmith up`, and players who go on asking until it is gone."""
    process = grounds.platform.process
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired as error:
        raise ConfigurationError(f"still there {_STOP_S:g} s after SIGTERM") from error
    yield


@contextmanager
def disk_full(grounds: Grounds) -> Generator[None]:
    """Not a byte is left; taken back by removing what fills it."""
    if grounds.disk is None:
        raise Skipped("no file system could be mounted: run it as root, with CAP_SYS_ADMIN")
    ballast = grounds.disk / "ballast"
    try:
        fill(ballast)
        yield
    finally:
        ballast.unlink(missing_ok=True)


def jumped(offset: str) -> Injected:
    """The wall clock, by so much, and back."""

    @contextmanager
    def inject(grounds: Grounds) -> Generator[None]:
        if grounds.clock is None:
            raise Skipped("no libfaketime or no compiler: apt-get install -y libfaketime gcc")
        grounds.clock.set(offset)
        try:
            yield
        finally:
            grounds.clock.set(TRUE)

    return inject
