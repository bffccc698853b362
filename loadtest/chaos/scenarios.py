"""The matrix: what breaks, on which platform."""

from collections.abc import Sequence
from types import MappingProxyType

from loadtest.chaos import redis_faults
from loadtest.chaos.faults import (
    asked_to_stop,
    disk_full,
    engine,
    jumped,
    killed,
    neighbours_gone,
    of_the_soak,
    redeployed,
)
from loadtest.chaos.model_server import Mode
from loadtest.chaos.scenario import Scenario

_HOLD_S = 10.0
PROXY_GAP_S = 8.0

VLLM = (
    Scenario("engine-killed", "kill -9 of the engine's replica", of_the_soak("engine-killed")),
    Scenario("engine-hung", "SIGSTOP to the engine, SIGCONT", of_the_soak("engine-frozen"), 15),
    Scenario("redis-killed", "kill -9, started again empty", of_the_soak("redis-killed"), _HOLD_S),
    Scenario("redis-frozen", "SIGSTOP, SIGCONT", of_the_soak("redis-frozen"), _HOLD_S),
    Scenario("redis-full", "no memory left: OOM for every write", redis_faults.full, _HOLD_S),
    Scenario("redis-read-only", "READONLY for every write", redis_faults.read_only, _HOLD_S),
    Scenario("redis-flushed", "FLUSHALL, SCRIPT FLUSH", redis_faults.flushed),
    Scenario("redis-corrupted", "every value is garbage", redis_faults.corrupted, _HOLD_S),
    Scenario("api-killed", "kill -9 of one of two API replicas", of_the_soak("api-killed")),
    Scenario("controller-killed", "kill -9 of Serve's controller", killed("Serve controller")),
    Scenario("proxy-killed", "kill -9 of HAProxy", killed("HAProxy"), gap_s=PROXY_GAP_S),
    Scenario("neighbours-gone", "MLflow and Prometheus killed", neighbours_gone, _HOLD_S),
    Scenario("disk-full", "not a byte left on the platform's disk", disk_full, _HOLD_S),
    Scenario("redeployed", "a changed value: every replica is replaced", redeployed),
    Scenario("asked-to-stop", "SIGTERM under load", asked_to_stop, ends=True),
)
"""On a platform with vLLM in process, in this order: the last one ends it."""

MODEL_SERVER = (
    Scenario(
        "engine-slow", "a model server that takes longer than any deadline", engine(Mode.SLOW), 15
    ),
    Scenario("engine-garbage", "what it writes is no draft", engine(Mode.GARBAGE), 15),
    Scenario("engine-empty", "what it writes is empty", engine(Mode.EMPTY), 15),
    Scenario("engine-endless", "it never stops writing", engine(Mode.ENDLESS), 15),
)
"""On a platform behind which a misbehaving model server stands."""

CLOCK = (
    Scenario(
        "clock-forward", "the wall clock of every process +1 h, and back", jumped("+3600"), 12
    ),
    Scenario("clock-back", "the wall clock of every process -1 h, and back", jumped("-3600"), 12),
)
"""On a platform whose processes see a clock that can be set."""

ALL: Sequence[Scenario] = (*MODEL_SERVER, *VLLM, *CLOCK)
SCENARIOS = MappingProxyType({one.name: one for one in ALL})
