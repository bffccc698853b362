"""A running platform, asked over HTTP as a game would ask, within a quota of its own."""

import asyncio
import time
from typing import Any
from uuid import uuid4

import httpx
from pydantic import ValidationError

from evaluation.suite.config import Platform
from evaluation.suite.plan import Trial
from evaluation.suite.result import Result
from evaluation.suite.target import TargetDown, answered, unanswered
from serve.domain.balance import BalancePolicy
from serve.domain.event import GameEvent
from serve.domain.rules import violations
from serve.errors import EngineUnavailable
from serve.generation import Checked

_UNAUTHORIZED, _TOO_MANY = 401, 429
_PATIENCE = 20
"""How often a request is sent again after the platform has asked for patience (429)."""


class PlatformTarget:
    """Every trial is another player, so that what one has seen is not kept from the next."""

    def __init__(self, config: Platform, key: str, policy: BalancePolicy) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = httpx.AsyncClient(
            base_url=config.url, headers=headers, timeout=config.deadline_ms / 1000 + 5
        )
        self._config, self._policy = config, policy
        self._player, self._gate = f"evaluation-{uuid4().hex[:12]}", _Pace(config)

    async def check(self) -> dict[str, str]:
        url, variable = self._config.url, self._config.key_env
        try:
            response = await self._http.get("/api/llm/config")
        except httpx.HTTPError as error:
            raise TargetDown(
                f"{url} does not answer; start the platform or mend the suite's url"
            ) from error
        if response.status_code == _UNAUTHORIZED:
            raise TargetDown(
                f"{url} refuses the key; name a variable that holds one of the platform's "
                f"EVENTSMITH_EVALUATION_KEYS in the suite's key_env (it names {variable or 'none'})"
            )
        told = response.json() if response.is_success else {}
        return {name: str(told[name]) for name in ("promptVersion", "model") if name in told}

    async def attempt(self, trial: Trial) -> Result:
        await self._gate.wait()
        started_at, started = time.time(), time.perf_counter()
        try:
            answer = await self._ask(trial)
            event = GameEvent.model_validate(answer["event"])
        except (httpx.HTTPError, EngineUnavailable, ValidationError, KeyError) as error:
            said = str(error) or type(error).__name__
            duration_s = time.perf_counter() - started
            return unanswered(trial, said, started_at=started_at, duration_s=duration_s)
        broken = violations(event, trial.scenario.game_state, self._policy, trial.scenario.locale)
        return answered(
            trial,
            Checked(None, event, broken),
            self._policy,
            event_type=event.event_type,
            source=answer["source"],
            started_at=started_at,
            duration_s=answer["latencyMs"] / 1000,
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def _ask(self, trial: Trial) -> dict[str, Any]:
        """Raises EngineUnavailable for a refusal."""
        response = await self._post(trial)
        for _ in range(_PATIENCE):
            if response.status_code != _TOO_MANY:
                break
            await asyncio.sleep(float(response.headers.get("Retry-After", 1)))
            response = await self._post(trial)
        if response.is_success:
            return response.json()
        raise EngineUnavailable(f"the platform says {response.status_code}")

    async def _post(self, trial: Trial) -> httpx.Response:
        return await self._http.post("/api/llm/events", json=self._body(trial))

    def _body(self, trial: Trial) -> dict[str, Any]:
        scenario = trial.scenario
        return {
            "playerId": f"{self._player}:{scenario.id[:30]}:{trial.repeat}",
            "gameState": scenario.game_state.model_dump(mode="json", by_alias=True),
            "eventContext": {"eventType": trial.brief.event_type.value},
            "locale": scenario.locale.value,
            "deadlineMs": self._config.deadline_ms,
        }


class _Pace:
    """Lets callers through at most so often a second, whoever they are."""

    def __init__(self, config: Platform) -> None:
        self._gap_s, self._next = 1 / config.requests_per_second, 0.0

    async def wait(self) -> None:
        now = time.monotonic()
        turn = max(now, self._next)
        self._next = turn + self._gap_s
        await asyncio.sleep(turn - now)
