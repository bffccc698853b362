"""The platforms of a run, one after the other, each with its scenarios."""

import tempfile
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from loadtest.chaos.clock import FakeClock, available
from loadtest.chaos.disk import small_disk
from loadtest.chaos.grounds import Grounds
from loadtest.chaos.model_server import MODEL, ModelServer, serving
from loadtest.chaos.platform import RUN, started
from loadtest.chaos.scenario import Scenario
from loadtest.chaos.scenarios import CLOCK, MODEL_SERVER, VLLM
from loadtest.chaos.surroundings import Surroundings
from serve.local.redis_server import RedisServer

_QUICKLY_STALE = {"EVENT_CACHE_TTL_SECONDS": "5"}
"""Drafts are written all the time: else a full pool would hide what the model does."""


class Stand(NamedTuple):
    """One platform to come."""

    name: str
    scenarios: Sequence[Scenario]
    built: Callable[[ExitStack, Path, RedisServer], Grounds]


def _vllm(stack: ExitStack, folder: Path, redis: RedisServer) -> Grounds:
    disk = stack.enter_context(small_disk(folder / "d"))
    home = folder / "d"
    around = Surroundings(folder, home / RUN)
    stack.enter_context(around.running())
    platform = stack.enter_context(started(home, redis, around.environment))
    return Grounds(platform, surroundings=around, disk=disk)


def _model_server(stack: ExitStack, folder: Path, redis: RedisServer) -> Grounds:
    model = ModelServer()
    endpoint = stack.enter_context(serving(model))
    environment = {"VLLM_ENDPOINT": endpoint, "VLLM_MODEL": MODEL, **_QUICKLY_STALE}
    return Grounds(stack.enter_context(started(folder, redis, environment)), model=model)


def _clock(stack: ExitStack, folder: Path, redis: RedisServer) -> Grounds:
    clock = FakeClock(folder) if available() else None
    environment = clock.environment if clock else {}
    return Grounds(stack.enter_context(started(folder, redis, environment)), clock=clock)


STANDS = (
    Stand("a misbehaving model server", MODEL_SERVER, _model_server),
    Stand("vLLM in process", VLLM, _vllm),
    Stand("a clock that can be set", CLOCK, _clock),
)


@contextmanager
def standing(stand: Stand) -> Generator[Grounds]:
    """Its platform while the block runs, beside a Redis that may be broken."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="es-chaos-")))
        redis = RedisServer(folder)
        stack.callback(redis.stop)
        redis.start()
        yield stand.built(stack, folder, redis)
