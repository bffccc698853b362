"""Where scenarios take place: a platform, and what stands around it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from loadtest.chaos.clock import FakeClock
from loadtest.chaos.model_server import ModelServer
from loadtest.chaos.platform import Platform
from loadtest.chaos.surroundings import Surroundings
from loadtest.soak.stage import Stage

_RUNNING = "RUNNING"
_CONFIRMED_S = 10.0
"""A prompt that its registry has not confirmed for so long, at a look every two seconds, has lost it."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """A platform under load; what is None was not started for this set of scenarios."""

    platform: Platform
    model: ModelServer | None = None
    surroundings: Surroundings | None = None
    disk: Path | None = None
    """A file system of the platform's own, small enough to be filled."""
    clock: FakeClock | None = None
    """The wall clock of its processes."""

    @property
    def stage(self) -> Stage:
        return self.platform.stage

    def whole(self) -> bool:
        """Whether nothing is missing: health, flag, breaker, prompt registry, every replica and proxy."""
        try:
            return (
                self.stage.whole()
                and complete(self.platform.details())
                and closed(self._asked("/api/llm/audit", self.stage.admin))
                and self._confirmed()
            )
        except (httpx.HTTPError, ValueError, KeyError):
            return False

    def _confirmed(self) -> bool:
        if self.surroundings is None:
            return True
        at = self._asked("/api/llm/config", self.stage.key)["promptConfirmedAt"]
        return at is not None and time.time() - at < _CONFIRMED_S

    def _asked(self, path: str, key: str) -> Any:
        headers = {"Authorization": f"Bearer {key}"}
        answer = httpx.get(self.stage.url + path, headers=headers, timeout=3)
        return answer.raise_for_status().json()


def complete(details: dict[str, Any]) -> bool:
    """Whether Ray Serve has every replica and every proxy it wants."""
    proxies = [proxy["status"] for proxy in details["proxies"].values()]
    applications = details["applications"].values()
    deployments = [one for app in applications for one in app["deployments"].values()]
    return (
        bool(deployments)
        and all(app["status"] == _RUNNING for app in applications)
        and all(status == "HEALTHY" for status in proxies)
        and all(_complete(one) for one in deployments)
    )


def closed(audit: Sequence[dict[str, Any]]) -> bool:
    """Whether the breaker is closed, by what was written down of it, newest first."""
    states = (entry["state"] for entry in audit if entry["subject"] == "breaker")
    return next(states, "closed") == "closed"


def _complete(deployment: dict[str, Any]) -> bool:
    states = [replica["state"] for replica in deployment["replicas"]]
    return states.count(_RUNNING) == len(states) == deployment["target_num_replicas"]
