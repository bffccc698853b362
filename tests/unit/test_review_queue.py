"""Which drafts a person sees, and that a dead database never holds up a player."""

import json
import logging
from collections.abc import Sequence

import pytest
from fakes import GOOD_DRAFT, MemoryStore, ScriptedEngine
from review_samples import QUALITY
from samples import POLICY, STATE, pooled

from serve.deployments.scorer import QualityScorer
from serve.deployments.validator import EventValidator
from serve.domain.brief import Situation
from serve.domain.state import Locale
from serve.errors import StoreError
from serve.generation import Generator
from serve.metrics import REVIEW_ERRORS
from serve.prompts import load
from serve.quality import Quality
from serve.review import Progress, Review, Reviewed, ReviewItem, ReviewQueue, Why
from serve.review.queue import why_queued
from serve.serving import Order
from serve.tally import Tally
from serve.writer import PoolWriter


class Shelf:
    """A ReviewStore that keeps what is queued; `broken` makes it fail as a dead database would."""

    def __init__(self) -> None:
        self.items: list[ReviewItem] = []
        self.broken = False

    async def queue(self, items: Sequence[ReviewItem]) -> None:
        if self.broken:
            raise StoreError("broken on purpose")
        self.items += items

    async def next_for(self, reviewer: str) -> ReviewItem | None: ...
    async def item(self, item_id: str) -> ReviewItem | None: ...
    async def submit(self, review: Review) -> None: ...
    async def reviewed(self) -> list[Reviewed]:
        return []

    async def progress(self, reviewer: str) -> Progress:
        return Progress(done=0, open=len(self.items))


@pytest.mark.parametrize(
    ("total", "sample", "why"),
    [
        pytest.param(60, 0, Why.VERDICT, id="60 always"),
        pytest.param(79.9, 0, Why.VERDICT, id="79.9 always"),
        pytest.param(80, 0, None, id="80 never without a sample"),
        pytest.param(95, 1, Why.SAMPLE, id="everything sampled"),
        pytest.param(70, 1, Why.SAMPLE, id="the draw comes first"),
    ],
)
def test_why_a_draft_is_queued(total: float, sample: float, why: Why | None) -> None:
    part = total / 4
    quality = Quality(consistency=part, balance=part, fun=part, education=part)
    assert why_queued(pooled(quality=quality), sample) is why


def test_the_sample_is_a_share_and_always_the_same() -> None:
    drafts = [pooled(f"draft-{number}") for number in range(2000)]
    drawn = [draft.draft_id for draft in drafts if why_queued(draft, 0.1)]
    assert 150 < len(drawn) < 250
    assert drawn == [draft.draft_id for draft in drafts if why_queued(draft, 0.1)]
    assert set(drawn) <= {draft.draft_id for draft in drafts if why_queued(draft, 0.2)}


async def test_the_item_is_what_the_player_in_that_state_gets() -> None:
    shelf = Shelf()
    queue = ReviewQueue(shelf, POLICY, Tally(), 0)
    queue.offer(pooled("d1", quality=QUALITY), STATE)
    await queue.flush()
    await queue.flush()
    (item,) = shelf.items
    assert (item.item_id, item.event.event_id, item.game_state) == ("d1", "d1", STATE)
    assert item.event.choices[0].effects.cash_delta < 0
    assert not {"quality", "why", "model", "promptVersion"} & set(
        item.blind.model_dump(by_alias=True)
    )


async def test_a_dead_database_is_counted_told_once_and_made_up_for(
    caplog: pytest.LogCaptureFixture,
) -> None:
    shelf, tally = Shelf(), Tally()
    queue = ReviewQueue(shelf, POLICY, tally, 1)
    shelf.broken = True
    with caplog.at_level(logging.WARNING):
        for number in range(300):
            queue.offer(pooled(f"d{number}"), STATE)
        for _ in range(3):
            await queue.flush()
    assert len(caplog.records) == 1
    assert tally.counts[REVIEW_ERRORS.name, ()] == 3
    shelf.broken = False
    await queue.flush()
    assert [item.item_id for item in shelf.items] == [f"d{number}" for number in range(100, 300)]


async def test_the_writer_offers_what_it_keeps() -> None:
    shelf, tally = Shelf(), Tally()
    queue = ReviewQueue(shelf, POLICY, tally, 1)
    generator = Generator(
        ScriptedEngine(json.dumps(GOOD_DRAFT, ensure_ascii=False)),
        EventValidator(POLICY),
        QualityScorer(POLICY),
        load("compact"),
        "m1",
    )
    writer = PoolWriter(
        generator,
        MemoryStore(),
        tally,
        budget_s=3,
        at_once=16,
        background=1,
        on_written=queue.offer,
    )
    situation = Situation.of(STATE, Locale.KO, POLICY)
    order = Order(situation=situation, state=STATE, event_type=None, known=())
    draft = await writer.obtain(order, 2)
    await queue.flush()
    assert draft is not None
    assert [item.item_id for item in shelf.items] == [draft.draft_id]
