"""The load, in a process of its own: seeded players in an open loop, every answer checked.

Writes one JSON list per request to standard output, the fields of `Reply`, and keeps nothing. The key is
read from EVENTSMITH_API_KEY. Ends after --seconds, or on SIGINT with what was sent until then.
"""

import argparse
import json
import os
import signal
import time
from http.client import HTTPException

import gevent
from geventhttpclient import HTTPClient

from loadtest.arrivals import Arrival, poisson
from loadtest.crowd import TRIGGER_RATE, Asking, Crowd, crowd
from loadtest.open_loop import OpenLoop
from loadtest.profiles import Step
from loadtest.soak.reply import DEADLINE_MS, UNREACHED, Judged, Reply, judged
from serve.domain.balance import BalancePolicy
from serve.settings import Settings

_PATH = "/api/llm/events"
_CONNECTIONS = 200
_TIMEOUT_S = 10.0


class Players:
    """One open loop of requests."""

    def __init__(self, url: str, key: str, players: Crowd, rate: float) -> None:
        headers = {"Content-Type": "application/json"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        self._http = HTTPClient.from_url(
            url,
            headers=headers,
            concurrency=_CONNECTIONS,
            connection_timeout=_TIMEOUT_S,
            network_timeout=_TIMEOUT_S,
        )
        self._crowd, self._rate = players, rate
        self._policy = BalancePolicy.parse(Settings.from_environ().table("balance.yaml"))
        self._loop = OpenLoop[Asking](self._prepare, self._send, _CONNECTIONS, 2 * _TIMEOUT_S)

    def play(self, seconds: float, seed: int) -> None:
        """Until all is sent and answered, or `stop`."""
        self._loop.run(poisson((Step(seconds, self._rate),), seed))

    def stop(self) -> None:
        self._loop.stop()

    def _prepare(self, _: Arrival) -> Asking:
        return self._crowd.next(self._rate)

    def _send(self, arrival: Arrival, asking: Asking) -> None:
        body = f'{asking.body[:-1]},"deadlineMs":{DEADLINE_MS}}}'
        late_ms = (self._loop.elapsed_s() - arrival.due_s) * 1000
        status, answer = self._ask(body)
        elapsed_s = self._loop.elapsed_s()
        latency_ms = (elapsed_s - arrival.due_s) * 1000
        found = (
            judged(body, status, answer, latency_ms, self._policy)
            if status
            else Judged(UNREACHED, detail=answer.decode())
        )
        due_s = time.monotonic() - latency_ms / 1000
        reply = Reply(due_s, late_ms, latency_ms, found.outcome, found.source, found.detail)
        print(json.dumps(reply), flush=True)
        self._crowd.settle(asking, found.event)

    def _ask(self, body: str) -> tuple[int, bytes]:
        """(status, answer); 0 and why where there was none."""
        try:
            response = self._http.post(_PATH, body)
            return response.status_code, bytes(response.read())
        except (OSError, HTTPException) as error:
            return 0, type(error).__name__.encode()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m loadtest.soak.players", description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--rate", type=float, required=True, help="requests a second")
    parser.add_argument("--seed", type=int, required=True)
    arguments = parser.parse_args()
    run = f"soak-{time.time_ns() // 10**6:x}"
    key = os.environ.get("EVENTSMITH_API_KEY", "").strip()
    everybody = crowd(arguments.seed, TRIGGER_RATE, run)
    players = Players(arguments.url, key, everybody, arguments.rate)
    for number in (signal.SIGINT, signal.SIGTERM):
        gevent.signal_handler(number, players.stop)
    players.play(arguments.seconds, arguments.seed)


if __name__ == "__main__":
    main()
