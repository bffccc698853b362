"""Locust's side: `locust -f loadtest/locustfile.py --host URL`, with its page or `--headless`.

Locust's one user is a dispatcher: it draws the arrivals and sends each for one of thousands of virtual
players. Profile, rate and the rest stand among the custom parameters on Locust's page.
"""

import os
import sys
import time
from itertools import count
from pathlib import Path
from typing import Any

import gevent
from locust import FastHttpUser, LoadTestShape, events, task
from locust.argument_parser import LocustArgumentParser
from locust.env import Environment
from locust.exception import StopUser
from rich.console import Console

from loadtest.answer import WrongAnswer, checked
from loadtest.arrivals import Arrival, poisson
from loadtest.conclusion import conclude
from loadtest.crowd import TRIGGER_RATE, Asking, crowd
from loadtest.open_loop import OpenLoop
from loadtest.profiles import PROFILES, profile
from loadtest.run_record import OUT, RunRecord
from loadtest.sent import Sent
from serve.errors import ConfigurationError

_PATH = "/api/llm/events"
_NAME = "event"
_CONNECTIONS = 1000
_TIMEOUT_S = 10.0
"""A game that has waited this long has given up."""
_PATIENCE_S = 2 * _TIMEOUT_S + 1
"""Longer than it takes to give up, first the connection and then the answer: nothing is lost."""
_TELL_S = 5
_CSV_S = 1.1
"""Locust writes its own files every second."""

gevent.get_hub().NOT_ERROR += (KeyboardInterrupt,)  # it ends the run, and needs no stack trace


class Load:
    """A run in progress."""

    def __init__(self, environment: Environment) -> None:
        """Raises ConfigurationError."""
        options: Any = environment.parsed_options
        if not environment.host:
            raise ConfigurationError("--host: name the address of the platform")
        chosen = profile(options.load_profile)
        steps = chosen.steps(options.load_rate, options.load_duration)
        self.record = RunRecord(chosen, steps, options.load_seed, environment.host)
        run = f"load-{time.time_ns() // 10**6:x}"
        self.crowd = crowd(options.load_seed, options.load_trigger_rate, run)
        self.connections = min(max(options.load_connections, 1), _CONNECTIONS)
        self.over = False


_loads = dict[Environment, Load]()
"""The run of this process, while there is one."""


def _current(environment: Environment) -> Load:
    """Begins one where there is none. Raises ConfigurationError."""
    if environment not in _loads:
        _loads[environment] = Load(environment)
    return _loads[environment]


class Dispatcher(FastHttpUser):
    """All players, one open loop."""

    fixed_count = 1
    concurrency = _CONNECTIONS
    network_timeout = connection_timeout = _TIMEOUT_S
    insecure = False  # the key is a secret; SSL_CERT_FILE names a private authority

    def __init__(self, environment: Environment) -> None:
        self.host = (self.host or "").rstrip("/")
        super().__init__(environment)
        self._load = _current(environment)
        self._headers = _headers(os.environ.get("EVENTSMITH_API_KEY", "").strip())
        self._loop = OpenLoop[Asking](
            self._prepare, self._send, self._load.connections, _PATIENCE_S
        )

    @task
    def play(self) -> None:
        """The whole run."""
        load, record = self._load, self._load.record
        watching = gevent.spawn(self._watch)
        try:
            self._loop.run(poisson(record.steps, record.seed))
        finally:
            watching.kill()
            finished = self._loop.finished
            record.elapsed_s = record.planned_s if finished else self._loop.sent_until_s
            record.players, load.over = load.crowd.players, True
        raise StopUser  # Locust would begin again

    def _prepare(self, arrival: Arrival) -> Asking:
        return self._load.crowd.next(self._load.record.steps[arrival.step].rate)

    def _send(self, arrival: Arrival, asking: Asking) -> None:
        late_s = self._loop.elapsed_s() - arrival.due_s
        source, error, event = "", "", None
        with self.client.post(
            _PATH, data=asking.body, name=_NAME, headers=self._headers, catch_response=True
        ) as response:
            latency_ms = (self._loop.elapsed_s() - arrival.due_s) * 1000
            response.request_meta["response_time"] = latency_ms
            if not response.status_code:
                error = _broken(getattr(response, "error", None))
                response.failure(error)
            else:
                try:
                    answer = checked(response.status_code, response.content)
                    source, event = str(answer.source), answer.event
                    response.request_meta["name"] = f"{_NAME} ({source})"
                except WrongAnswer as wrong:
                    error = str(wrong)
                    response.failure(error)
        self._load.record.requests.append(
            Sent(arrival.due_s, late_s * 1000, latency_ms, arrival.step, source, asking.key, error)
        )
        self._load.crowd.settle(asking, event)

    def _watch(self) -> None:
        """Tells how it goes, and ends a climb that has come too high."""
        loop, record = self._loop, self._load.record
        for second in count(1):
            gevent.sleep(1)
            record.elapsed_s = min(loop.elapsed_s(), record.planned_s)
            if second % _TELL_S == 0:
                line = record.line(_TELL_S, loop.under_way.total())
                print(line, file=sys.stderr, flush=True)
            if record.climbed_too_high(loop.under_way, loop.step, stuck=loop.full):
                loop.stop()


class UntilOver(LoadTestShape):
    """One dispatcher, until it is done."""

    def tick(self) -> tuple[int, float] | None:
        try:
            over = self.runner is None or _current(self.runner.environment).over
        except ConfigurationError as error:
            print(f"loadtest: {error}", file=sys.stderr)
            return None
        return None if over else (1, 1)


@events.init_command_line_parser.add_listener
def _options(parser: LocustArgumentParser, **_: Any) -> None:
    add = parser.add_argument  # of a group's arguments Locust's page knows nothing
    add("--load-profile", choices=[*PROFILES], default="smoke", help="shape of the load")
    add("--load-rate", type=float, default=0.0, help="requests a second; 0: the profile's own")
    add("--load-duration", type=float, default=0.0, help="seconds; 0: the profile's own")
    add("--load-seed", type=int, default=0, help="of arrivals and games")
    add("--load-trigger-rate", type=float, default=TRIGGER_RATE, help="events a turn")
    add("--load-connections", type=int, default=_CONNECTIONS, help="requests at once at most")
    add("--load-out", default="", help=f"folder of the report; {OUT}/PROFILE where it is empty")


@events.test_stop.add_listener
def _conclude(environment: Environment, **_: Any) -> None:
    """The verdict, which is the exit code as well; 2 where nothing could be measured."""
    load, options = _loads.pop(environment, None), environment.parsed_options
    environment.process_exit_code = 2
    if load is None or options is None or not load.record.requests:
        print("nothing was sent: no verdict", file=sys.stderr)
        return
    gevent.sleep(_CSV_S)
    folder = Path(options.load_out or OUT / load.record.profile.name)
    passed = conclude(load.record, folder, Console(stderr=True))
    environment.process_exit_code = int(not passed)


@events.quitting.add_listener
def _quit(environment: Environment, **_: Any) -> None:
    """On SIGTERM Locust takes its exit code before it stops the run."""
    if environment in _loads and environment.runner is not None:
        environment.runner.quit()


def _broken(error: Exception | None) -> str:
    """A connection that came to nothing."""
    return f"{type(error).__name__}: {error}" if error else "no answer"


def _headers(key: str) -> dict[str, str]:
    authorization = {"Authorization": f"Bearer {key}"} if key else {}
    return {"Content-Type": "application/json"} | authorization
