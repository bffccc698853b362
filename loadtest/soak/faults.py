"""What breaks: each fault injects itself and, where nothing else would, takes itself back."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from types import MappingProxyType

from loadtest.processes import frozen, kill
from loadtest.soak.stage import Stage

Injected = Callable[[Stage], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to break the platform."""

    name: str
    what: str
    inject: Injected
    possible: Callable[[Stage], bool]
    hold_s: float = 0.0
    """How long until it is taken back; 0: nobody does, the platform mends itself."""
    gap: bool = False
    """Takes connections along, and on one machine nobody is left to answer until it is replaced."""


@contextmanager
def _engine_killed(stage: Stage) -> Generator[None]:
    kill(stage.processes("EventEngine"))
    yield


@contextmanager
def _engine_frozen(stage: Stage) -> Generator[None]:
    with frozen(stage.processes("EventEngine")):
        yield


@contextmanager
def _cache_killed(stage: Stage) -> Generator[None]:
    kill(stage.processes("EventCache"))
    yield


@contextmanager
def _api_killed(stage: Stage) -> Generator[None]:
    kill(stage.processes("EventApi")[:1])
    yield


@contextmanager
def _proxy_killed(stage: Stage) -> Generator[None]:
    kill(stage.processes("HAProxy"))
    yield


@contextmanager
def _redis_frozen(stage: Stage) -> Generator[None]:
    with frozen(stage.processes("Redis")):
        yield


@contextmanager
def _redis_killed(stage: Stage) -> Generator[None]:
    kill(stage.processes("Redis"))
    try:
        yield
    finally:
        if stage.redis:
            stage.redis.start()


@contextmanager
def _flag_off(stage: Stage) -> Generator[None]:
    stage.switch(on=False)
    try:
        yield
    finally:
        stage.switch(on=True)


def _here(stage: Stage) -> bool:
    return stage.root is not None


FAULTS = MappingProxyType(
    {
        fault.name: fault
        for fault in (
            Fault("engine-killed", "kill -9 of the engine's replica", _engine_killed, _here),
            Fault("engine-frozen", "SIGSTOP to the engine, SIGCONT", _engine_frozen, _here, 15),
            Fault("cache-killed", "kill -9 of the cache's replica", _cache_killed, _here),
            Fault("api-killed", "kill -9 of an API replica", _api_killed, _here, gap=True),
            Fault("proxy-killed", "kill -9 of HAProxy", _proxy_killed, _here, gap=True),
            Fault("redis-frozen", "SIGSTOP to Redis, SIGCONT", _redis_frozen, _here, 10),
            Fault(
                "redis-killed",
                "kill -9 of Redis, started again empty",
                _redis_killed,
                lambda stage: stage.redis is not None,
                10,
            ),
            Fault(
                "flag-off",
                "feature flag off, and on again",
                _flag_off,
                lambda stage: bool(stage.admin),
                10,
            ),
        )
    }
)
