"""The HTTP interface over the real way to an engine: desk, writer, generator, validator, scorer."""

from pathlib import Path
from random import Random

import httpx
from fakes import MemoryStore
from hostile_calls import HostileCall
from review_samples import review_item
from samples import POLICY
from served import Api, backend, client, keyring

from serve.adapters.review_store import SqlReviewStore
from serve.deployments.scorer import QualityScorer
from serve.deployments.validator import EventValidator
from serve.generation import Completion, CompletionRequest, Engine, Generator
from serve.pool import PooledDraft
from serve.prompts import PromptVariant
from serve.serving import Order
from serve.tally import Tally
from serve.writer import PoolWriter

BUDGET_S = 30.0
ADMIN, ALERTS = "admin-token", "alerts-token"
_VALIDATOR, _SCORER = EventValidator(POLICY), QualityScorer(POLICY)


class Recorder:
    """An engine, and what it was asked and wrote."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.asked, self.written = list[CompletionRequest](), list[str]()

    async def complete(self, request: CompletionRequest) -> Completion:
        self.asked.append(request)
        completion = await self._engine.complete(request)
        self.written.append(completion.text)
        return completion


class FreshDesk:
    """Asks the engine for every order: there never is a pool it could be answered from."""

    def __init__(self, engine: Engine, variant: PromptVariant, seed: int | None = None) -> None:
        """`seed` of what briefs are drawn from."""
        self._generator = Generator(engine, _VALIDATOR, _SCORER, variant, "m1")
        self._seed = seed

    async def obtain(self, order: Order, wait_s: float) -> PooledDraft | None:
        writer = PoolWriter(
            self._generator, MemoryStore(), Tally(), budget_s=BUDGET_S, at_once=1, background=1,
            rng=Random(self._seed),
        )  # fmt: skip
        return await writer.obtain(order, wait_s)

    def refill(self, order: Order) -> None:
        raise AssertionError("there is no pool to refill")


async def opened(
    engine: Engine, variant: PromptVariant, folder: Path, seed: int | None = None
) -> Api:
    """What calls it. One event waits for review; reviews are kept in the folder."""
    reviews = SqlReviewStore(f"sqlite:///{folder}/reviews.db")
    await reviews.queue([review_item()])
    ring = keyring((), ADMIN, 1e9, alerts=ALERTS)
    desk = FreshDesk(engine, variant, seed)
    return client(backend(MemoryStore(), ring, desk=desk, reviews=reviews))


async def send(api: Api, call: HostileCall) -> httpx.Response:
    """By whoever may send it; the answer has the status that it has to have."""
    token = ALERTS if call.field == "alert" else ADMIN
    headers = {b"Authorization": f"Bearer {token}".encode(), **call.headers}
    answer = await api.request(call.method, call.path, json=call.body, headers=headers)
    assert answer.status_code in call.statuses, (call.field, call.body, answer.text)
    return answer
