"""A client that asks for far more than its share, in an open loop in a process of its own.

`misses`: every request is of a situation of its own, so that each wants a generation; `hits`: all of one;
`churn`: of all situations there are. Every request is another player's.
The key is read from EVENTSMITH_API_KEY. The last line is a JSON object: status or source -> requests.
"""

import argparse
import json
import os
import time
from collections import Counter
from http.client import HTTPException
from itertools import count
from random import Random

from geventhttpclient import HTTPClient

from loadtest.arrivals import Arrival, poisson
from loadtest.open_loop import OpenLoop
from loadtest.profiles import Step
from loadtest.situations import everybody
from serve.domain.state import CANONICAL_INFRASTRUCTURE

_PATH = "/api/llm/events"
_CONNECTIONS = 512
_TIMEOUT_S = 10.0


class Flood:
    """One open loop of requests."""

    def __init__(self, url: str, key: str, kind: str, seed: int) -> None:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
        self._http = HTTPClient.from_url(
            url, headers=headers, concurrency=_CONNECTIONS, network_timeout=_TIMEOUT_S
        )
        self._kind, self._rng, self._numbers = kind, Random(f"{seed}|flood"), count()
        self._players = everybody()[:1] if kind == "hits" else everybody()
        self._run = f"{time.time_ns() // 10**6:x}"
        self._loop = OpenLoop[str](self._prepare, self._send, _CONNECTIONS, _TIMEOUT_S)
        self.outcomes = Counter[str]()

    def pour(self, rate: float, seconds: float, seed: int) -> None:
        self._loop.run(poisson((Step(seconds, rate),), seed))

    def _prepare(self, _: Arrival) -> str:
        player = self._rng.choice(self._players)
        state = player.state
        if self._kind == "misses":
            owned = tuple(name for name in CANONICAL_INFRASTRUCTURE if self._rng.random() < 0.5)
            state = state.model_copy(update={"infrastructure": owned})
        asked = {
            "playerId": f"flood-{self._run}-{next(self._numbers)}",
            "locale": player.locale,
            "gameState": state.model_dump(mode="json", by_alias=True),
        }
        return json.dumps(asked)

    def _send(self, _: Arrival, body: str) -> None:
        try:
            response = self._http.post(_PATH, body)
            answer = bytes(response.read())
        except (OSError, HTTPException) as error:
            self.outcomes[type(error).__name__] += 1
        else:
            good = response.status_code == 200
            self.outcomes[json.loads(answer)["source"] if good else str(response.status_code)] += 1


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m loadtest.flood", description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--rate", type=float, required=True, help="requests a second")
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--kind", choices=("misses", "hits", "churn"), required=True)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    key = os.environ.get("EVENTSMITH_API_KEY", "").strip()
    flood = Flood(arguments.url, key, arguments.kind, arguments.seed)
    flood.pour(arguments.rate, arguments.seconds, arguments.seed)
    print(json.dumps(flood.outcomes))


if __name__ == "__main__":
    main()
