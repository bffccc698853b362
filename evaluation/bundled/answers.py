"""Asking the model: the engine, grammar, rules and rubric are the ones the platform serves with."""

import asyncio
import os
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import yaml
from rich.progress import track

from evaluation.bundled.orders import Order
from serve.adapters.vllm_engine import VllmEngine
from serve.domain.balance import BalancePolicy
from serve.domain.event import EventDraft, GameEvent
from serve.generation import check_completion, completion_request
from serve.prompts import load
from serve.quality import Quality, score
from serve.settings import EngineConfig

_TIMEOUT_S = 60.0
_BALANCE = Path("configs/balance.yaml")


class Answer(NamedTuple):
    """One completion, read, resolved and judged."""

    order: Order
    draft: EventDraft | None
    event: GameEvent | None
    broken: tuple[str, ...]
    """The rules it breaks, each with what breaks it."""
    quality: Quality | None
    tokens: int
    seconds: float

    @property
    def text(self) -> str:
        """Everything a player would read."""
        texts = self.draft.texts() if self.draft else ()
        return " ".join(text for _, text in texts)


class Model:
    """An exported model in the real vLLM, with the local platform's settings."""

    def __init__(self, folder: Path, policy: BalancePolicy) -> None:
        os.environ.setdefault("VLLM_LOGGING_LEVEL", "ERROR")
        started = time.perf_counter()
        config = EngineConfig(model=str(folder), device="cpu", kv_cache_mib=128, threads=1)
        self._engine, self.policy, self._prompt = VllmEngine(config), policy, load("compact")
        self.ready_s = time.perf_counter() - started

    async def ask(self, order: Order, seed: int) -> Answer:
        """One completion for this order."""
        brief, state = order.brief, order.state
        completion = await self._engine.complete(
            completion_request(self._prompt, brief, seed, _TIMEOUT_S)
        )
        draft, event, found = check_completion(
            completion.text, brief.event_type, state, self.policy, order.locale
        )
        judged = score(event, state, self.policy, order.locale) if event else None
        broken = tuple(f"{rule} {field}: {message}" for rule, field, message in found)
        tokens, seconds = completion.output_tokens, completion.duration_s
        return Answer(order, draft, event, broken, judged, tokens, seconds)

    async def ask_all(
        self, asked: Iterable[tuple[Order, int]], clients: int, title: str
    ) -> list[Answer]:
        """Every (order, seed), by so many clients, each asking again once it is answered."""
        waiting = list(enumerate(asked))[::-1]
        answers: dict[int, Answer] = {}
        progress = iter(track(range(len(waiting)), title))

        async def client() -> None:
            while waiting:
                number, (order, seed) = waiting.pop()
                answers[number] = await self.ask(order, seed)
                next(progress, None)

        await asyncio.gather(*(client() for _ in range(clients)))
        next(progress, None)
        return [answers[number] for number in sorted(answers)]

    def close(self) -> None:
        self._engine.close()


@contextmanager
def loaded(folder: Path) -> Generator[Model]:
    """The model of this folder, under the designers' table that the platform ships with."""
    policy = BalancePolicy.parse(yaml.safe_load(_BALANCE.read_text("utf-8")))
    model = Model(folder, policy)
    try:
        yield model
    finally:
        model.close()
