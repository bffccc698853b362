"""The service as it runs, in one process: real writer, judges, pool and HTTP; the model is a script."""

import time
from collections.abc import Sequence
from random import Random

from fakes import MemoryStore
from samples import POLICY
from served import backend, keyring
from starlette.types import ASGIApp, Message

from serve.api import Backend, create_api
from serve.api.hot_path import AtOnce
from serve.deployments.scorer import QualityScorer
from serve.deployments.validator import EventValidator
from serve.domain.brief import Brief
from serve.domain.event import EventDraft
from serve.domain.state import GameState
from serve.errors import EngineTimeout
from serve.generation import Completion, CompletionRequest, Generator
from serve.local_pool import LocalPool
from serve.pool import PooledDraft, Variant
from serve.prompts import load
from serve.release.arms import CURRENT
from serve.release.breaker import Breaker
from serve.settings import BreakerConfig
from serve.tally import Tally
from serve.writer import PoolWriter

_SCORER, _PROMPT, _MODEL = QualityScorer(POLICY), load("compact"), "m1"
_NEVER = BreakerConfig(least=10**9)
"""It would shut at once: most of what is written here must be rejected."""
VARIANT = Variant(_PROMPT.version, _MODEL)


class Script:
    """An engine that writes one answer after the other, and then hangs."""

    def __init__(self) -> None:
        self.answers, self.written = list[str](), list[str]()

    async def complete(self, request: CompletionRequest) -> Completion:
        if not self.answers:
            raise EngineTimeout("nothing is left in the script")
        text = self.answers.pop(0)
        self.written.append(text)
        return Completion(
            text=text,
            finish_reason="stop" if text else "length",
            prompt_tokens=1,
            output_tokens=1,
            first_token_s=0.0,
            duration_s=0.0,
        )


class Named(Generator):
    """Drafts are counted instead of named by chance, so that a run can be repeated."""

    count = 0

    async def write(
        self, brief: Brief, state: GameState, others: Sequence[EventDraft], timeout_s: float
    ) -> PooledDraft:
        draft = await super().write(brief, state, others, timeout_s)
        self.count += 1
        return draft.model_copy(update={"draft_id": f"written-{self.count:x}"})


class Stand:
    """One replica, its store and its model."""

    def __init__(self, rng: Random) -> None:
        self.store, self.engine, tally = MemoryStore(), Script(), Tally()
        self.writer = PoolWriter(
            Named(self.engine, EventValidator(POLICY), _SCORER, _PROMPT, _MODEL),
            self.store,
            tally,
            budget_s=8,
            at_once=16,
            background=1,
            breaker=Breaker(_NEVER, time.monotonic),
            rng=rng,
        )
        self.backend: Backend = backend(self.store, keyring(rate=1e9), desk=self.writer)
        service = self.backend.service
        service.variants[CURRENT] = VARIANT
        service._rng = rng
        self._app: ASGIApp = create_api(lambda: self.backend)
        self._front: ASGIApp = AtOnce(self._app, find_backend=lambda: self.backend)

    def switch(self, on: bool) -> None:
        """The feature flag, for everybody."""
        self.backend.service._switch.on = on  # pyright: ignore[reportAttributeAccessIssue] - the fake's

    def clear(self) -> None:
        """Empties the pool, here and in the store."""
        self.store.pools.clear()
        self.backend.service._pool = LocalPool(self.store, Tally())

    async def post(
        self, body: bytes, headers: dict[str, str], *, front: bool
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the answer, as they go over the wire."""
        sent = {"content-type": "application/json", "content-length": str(len(body)), **headers}
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/api/llm/events",
            "raw_path": b"/api/llm/events",
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
            "client": ("127.0.0.1", 1),
        }
        messages = list[Message]()

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            messages.append(message)

        try:
            await (self._front if front else self._app)(scope, receive, send)
        except Exception as error:  # noqa: BLE001 - whatever it is, the player got nothing
            return 500, {}, repr(error).encode()
        start, *rest = messages
        told = {name.decode(): value.decode() for name, value in start["headers"]}
        return start["status"], told, b"".join(part.get("body", b"") for part in rest)
