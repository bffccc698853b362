"""From an engine that hangs to the flag that goes off by itself, and comes back: with nothing faked.

Prometheus and Alertmanager run as they are configured, but for windows fifteen times as short. Ends
with `time_to_flag_off_s=…`, from the first failed generation to the flag being off. Run it by
`make prove-alerts`; with PICTURES=FOLDER it leaves screenshots of Prometheus' graphs there.
"""

import json
import os
import shutil
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from typing import Self

import httpx
import pictures
import psutil
import pytest
import yaml
from live_platform import LivePlatform, request
from monitoring import Monitoring, monitoring
from receiver import Receiver, receiver

from grafana.queries import MAY_BE_EMPTY, queries
from serve.local.redis_server import RedisServer

pytestmark = pytest.mark.proof
_TOKEN, _FLAG = "alerts-token", "llm-events"
_FACTOR = 15
_BREAKER = {"cool_down_s": 2, "longest_cool_down_s": 3, "closes_after": 2, "auto_restore": True}


class Traffic:
    """Ten players a second, each of another situation, until it is stopped."""

    def __init__(self, platform: LivePlatform) -> None:
        self._platform, self._stop = platform, threading.Event()
        self.sources, self.failures = Counter[str](), list[str]()
        self._threads = [threading.Thread(target=self._play, args=(n,)) for n in range(5)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _play(self, number: int) -> None:
        with httpx.Client(base_url=self._platform.url, timeout=30) as http:
            turn = number
            while not self._stop.wait(0.5):
                turn += 5
                body = request(
                    currentTurn=1 + turn % 25, trust=(20, 55, 90)[turn % 3], deadlineMs=1500
                )
                try:
                    answer = http.post(
                        "/api/llm/events",
                        json=body,
                        headers=dict(self._platform.http.headers),
                    )
                    if answer.status_code != 200:
                        self.failures.append(f"{answer.status_code}: {answer.text[:300]}")
                        continue
                    self.sources[answer.json()["source"]] += 1
                except (httpx.HTTPError, KeyError, ValueError) as error:
                    self.failures.append(repr(error))


@contextmanager
def hung(platform: LivePlatform) -> Generator[None]:
    """The engine's replica, and whatever replaces it, answers nothing."""
    stop, frozen = threading.Event(), dict[int, psutil.Process]()

    def freeze() -> None:
        while not stop.wait(0.3):
            with suppress(AssertionError, psutil.Error):
                engine = platform.replica("EventEngine")
                if engine.pid not in frozen:
                    engine.send_signal(signal.SIGSTOP)
                    frozen[engine.pid] = engine

    thread = threading.Thread(target=freeze)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        for engine in frozen.values():
            with suppress(psutil.Error):
                engine.send_signal(signal.SIGCONT)


def configs(folder: Path) -> Path:
    """The shipped configuration, the breaker in a hurry."""
    copied = folder / "configs"
    shutil.copytree("configs", copied)
    path = copied / "serve" / "local.yaml"
    table = yaml.safe_load(path.read_text("utf-8"))
    table["applications"][0]["args"] |= {"breaker": _BREAKER, "generation_budget_s": 2}
    path.write_text(yaml.safe_dump(table), "utf-8")
    return copied


def until(condition: Callable[[], object], seconds: float, what: str) -> float:
    """`time.monotonic()` at which it came true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return time.monotonic()
        time.sleep(0.2)
    pytest.fail(f"{what}: not within {seconds:g} s")


def flag_on(platform: LivePlatform) -> bool:
    return platform.admin.get(f"/api/llm/flags/{_FLAG}").json()["enabled"]


def failed(watched: Monitoring) -> float:
    series = watched.query('sum(ray_llm_generations_total{outcome="failed"})')
    return float(series[0]["value"][1]) if series else 0.0


def empty_panels(watched: Monitoring) -> list[str]:
    """Panels that show nothing although they should; a wrong query raises."""
    found, dashboards = list[str](), sorted(Path("grafana/dashboards").glob("*.json"))
    assert dashboards
    for path in dashboards:
        for title, promql in queries(json.loads(path.read_text("utf-8")), interval="20s"):
            if not watched.query(promql) and title not in MAY_BE_EMPTY:
                found.append(f"{path.stem}: {title}: {promql}")
    return found


def totals_took_ms(platform: LivePlatform) -> list[float]:
    """What `GET /api/llm/metrics` takes a client under the same traffic, fifty times."""
    took = list[float]()
    for _ in range(50):
        began = time.perf_counter()
        platform.http.get("/api/llm/metrics").raise_for_status()
        took.append((time.perf_counter() - began) * 1000)
        time.sleep(0.1)
    return took


def test_an_engine_that_hangs_switches_itself_off_and_comes_back(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="es-proof-") as name,
        receiver() as told,
        _platform(Path(name), told) as platform,
        monitoring(
            Path(name), platform.targets, platform.url, told.slack_url, _TOKEN, _FACTOR
        ) as watched,
        Traffic(platform) as traffic,
    ):
        until(lambda: traffic.sources["pool"] > 20, 90, "the pool fills")
        before = failed(watched)
        with hung(platform):
            first = until(lambda: failed(watched) > before, 60, "the first failure")
            fired = until(lambda: watched.firing("GenerationFailing"), 120, "the alert")
            slack = until(lambda: told.said("GenerationFailing"), 20, "Slack's message")
            off = until(lambda: not flag_on(platform), 20, "the flag goes off")
            done = until(
                lambda: told.said("switched off", "GenerationFailing"), 20, "what was done"
            )
            before_static = traffic.sources["static"]
            until(lambda: traffic.sources["static"] > before_static + 20, 30, "hand-written events")
        back = time.monotonic()
        on = until(lambda: flag_on(platform), 150, "the flag comes back by itself")
        until(lambda: told.said("switched on again"), 20, "that it came back")
        until(lambda: not watched.firing("GenerationFailing"), 60, "the alert is resolved")
        until(lambda: whole_traces(told), 20, "a trace through all deployments")
        time.sleep(5)
        empty, totals_ms = empty_panels(watched), totals_took_ms(platform)
        if folder := os.environ.get("PICTURES"):
            pictures.draw(watched.prometheus, Path(folder))
        history = platform.admin.get("/api/llm/audit").json()
    assert fired <= slack <= done
    assert fired <= off
    assert traffic.failures == []
    states = [(one["subject"], one["state"], one["actor"]) for one in reversed(history)]
    assert (_FLAG, "off", "alert:GenerationFailing") in states
    assert states.index((_FLAG, "on", "auto-restore")) > states.index(
        (_FLAG, "off", "alert:GenerationFailing")
    )
    assert ("breaker", "open", "breaker") in states
    assert empty == []
    with capsys.disabled():
        print(
            f"\ntime_to_flag_off_s={off - first:.1f} firing_s={fired - first:.1f} "
            f"slack_s={slack - first:.1f} restored_s={on - back:.1f} windows_divided_by={_FACTOR} "
            f"requests={traffic.sources.total()} failed_requests={len(traffic.failures)} "
            f"empty_panels={len(empty)} totals_p50_ms={median(totals_ms):.1f} "
            f"totals_max_ms={max(totals_ms):.1f}"
        )


@contextmanager
def _platform(folder: Path, told: Receiver) -> Generator[LivePlatform]:
    (folder / "redis").mkdir()
    redis = RedisServer(folder / "redis")
    redis.start()
    platform = LivePlatform(
        redis,
        EVENTSMITH_CONFIG_DIR=str(configs(folder)),
        EVENTSMITH_ALERTS_TOKEN=_TOKEN,
        SLACK_WEBHOOK_URL=told.slack_url,
        OTEL_EXPORTER_OTLP_ENDPOINT=told.traces_url,
        RAY_metrics_report_interval_ms="1000",
    )
    try:
        platform.start()
        yield platform
    finally:
        platform.stop()
        redis.stop()


def whole_traces(told: Receiver) -> list[str]:
    """Traces that go through every deployment that has a part in a miss."""
    wanted = {
        ("EventApi", "event"),
        ("EventApi", "obtain"),
        ("EventCache", "generation"),
        ("EventCache", "engine"),
        ("EventEngine", "completion"),
    }
    return [trace for trace, spans in told.spans.items() if wanted <= spans]
