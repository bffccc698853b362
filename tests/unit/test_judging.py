"""A share of drafts is judged beside everything else: one at a time, never in anyone's way."""

import asyncio
import json
import logging
from collections.abc import Mapping
from pathlib import Path

import pytest
from fakes import GOOD_DRAFT, MemoryStore, ScriptedEngine
from judge_server import JudgeServer, reader, running
from samples import POLICY, STATE, pooled

from serve.adapters.openai_judge import OpenAIMarker
from serve.deployments.scorer import QualityScorer
from serve.deployments.validator import EventValidator
from serve.domain.brief import Situation
from serve.domain.state import GameState, Locale
from serve.errors import EngineUnavailable
from serve.generation import Generator
from serve.judging import Judging
from serve.metrics import ALL, JUDGE_GAP, JUDGE_ORDER_GAP, JUDGE_SCORE, JUDGED
from serve.pool import PooledDraft, lot
from serve.prompts import load
from serve.quality.judge import Judge, Question
from serve.quality.judgement import DIMENSIONS, Judgement
from serve.review import ReviewItem, ReviewQueue, ReviewStore
from serve.serving import Order
from serve.tally import Tally
from serve.writer import PoolWriter


class Gate:
    """A marker that answers once it is opened, or never."""

    model = "gate"

    def __init__(self, answer: Mapping[str, float] | str | Exception = "4") -> None:
        self.open, self.asked = asyncio.Event(), asyncio.Event()
        self._answer = answer

    async def mark(self, question: Question) -> Mapping[str, float] | str:
        self.asked.set()
        await self.open.wait()
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


class Passed:
    """What comes out, in order."""

    def __init__(self) -> None:
        self.all: list[tuple[str, Judgement | None]] = []
        self._more = asyncio.Event()

    def __call__(self, draft: PooledDraft, _: GameState, judgement: Judgement | None) -> None:
        self.all.append((draft.draft_id, judgement))
        self._more.set()

    async def until(self, count: int) -> None:
        async with asyncio.timeout(20):
            while len(self.all) < count:
                self._more.clear()
                await self._more.wait()


def judging(
    marker: Gate | OpenAIMarker,
    tally: Tally,
    passed: Passed,
    *,
    sample: float = 1,
    limit_s: float = 30,
) -> Judging:
    return Judging(Judge(marker, POLICY), POLICY, tally, passed, sample=sample, limit_s=limit_s)


def outcomes(tally: Tally) -> dict[str, float]:
    return {labels[0]: n for (name, labels), n in tally.counts.items() if name == JUDGED.name}


async def test_a_judgement_is_passed_on_and_measured() -> None:
    tally, passed, gate = Tally(), Passed(), Gate({"4": 0.5, "5": 0.5})
    gate.open.set()
    judging(gate, tally, passed).offer(pooled("d1"), STATE)
    await passed.until(1)
    [(name, judgement)] = passed.all
    assert name == "d1"
    assert judgement is not None
    assert judgement.total == 50
    assert outcomes(tally) == {"judged": 1}
    assert tally.observations[JUDGE_SCORE.name, ()] == [50]
    for dimension in DIMENSIONS:
        assert tally.observations[JUDGE_GAP.name, (dimension,)] == [22 - 12.5]
        assert tally.observations[JUDGE_ORDER_GAP.name, (dimension,)] == [18.75]


async def test_one_at_a_time_the_others_are_dropped_and_still_passed_on() -> None:
    tally, passed, gate = Tally(), Passed(), Gate()
    desk = judging(gate, tally, passed)
    for number in range(5):
        desk.offer(pooled(f"d{number}"), STATE)
    await gate.asked.wait()
    assert [name for name, _ in passed.all] == ["d1", "d2", "d3", "d4"]
    assert outcomes(tally) == {"dropped": 4}
    gate.open.set()
    await passed.until(5)
    assert passed.all[-1][0] == "d0"
    assert passed.all[-1][1] is not None
    desk.offer(pooled("d9"), STATE)
    await passed.until(6)
    assert outcomes(tally) == {"dropped": 4, "judged": 2}


async def test_the_sample_is_that_share_and_nested_in_the_reviewers() -> None:
    tally, passed, gate = Tally(), Passed(), Gate()
    desk = judging(gate, tally, passed, sample=0.2)
    names = [f"draft-{number}" for number in range(1000)]
    for name in names:
        desk.offer(pooled(name), STATE)
    drawn = {name for name in names if lot(name) < 0.2}
    assert 150 < len(drawn) < 250
    await gate.asked.wait()
    assert outcomes(tally) == {"dropped": len(drawn) - 1}
    assert drawn <= {name for name in names if lot(name) < 0.3}


async def test_nothing_is_judged_at_a_sample_of_zero() -> None:
    tally, passed = Tally(), Passed()
    judging(Gate(), tally, passed, sample=0).offer(pooled("d1"), STATE)
    assert passed.all == [("d1", None)]
    assert outcomes(tally) == {}


async def test_a_failing_judge_is_counted_and_told_once(caplog: pytest.LogCaptureFixture) -> None:
    tally, passed, gate = Tally(), Passed(), Gate(EngineUnavailable("the model server says 500"))
    gate.open.set()
    desk = judging(gate, tally, passed)
    with caplog.at_level(logging.WARNING):
        for number in range(3):
            desk.offer(pooled(f"d{number}"), STATE)
            await passed.until(number + 1)
    assert [judgement for _, judgement in passed.all] == [None] * 3
    assert outcomes(tally) == {"failed": 3}
    assert [record.getMessage() for record in caplog.records] == [
        "drafts are not judged: the model server says 500"
    ]


async def test_a_hung_judge_is_given_up() -> None:
    tally, passed, gate = Tally(), Passed(), Gate()
    desk = judging(gate, tally, passed, limit_s=0.05)
    desk.offer(pooled("d1"), STATE)
    await passed.until(1)
    assert passed.all == [("d1", None)]
    assert outcomes(tally) == {"failed": 1}
    gate.open.set()
    desk.offer(pooled("d2"), STATE)
    await passed.until(2)
    assert outcomes(tally) == {"failed": 1, "judged": 1}


async def test_a_hung_server_does_not_delay_the_writer() -> None:
    """Drafts are handed out and kept while the first one's judgement is still open."""
    generator = Generator(
        ScriptedEngine(json.dumps(GOOD_DRAFT, ensure_ascii=False)),
        EventValidator(POLICY),
        QualityScorer(POLICY),
        load("compact"),
        "m1",
    )
    store, tally, passed = MemoryStore(), Tally(), Passed()
    with running(JudgeServer(hangs=True)) as server:
        desk = judging(OpenAIMarker(server.url, "m", timeout_s=2), tally, passed)
        writer = PoolWriter(
            generator, store, tally, budget_s=3, at_once=16, background=1, on_written=desk.offer
        )
        situation, known = Situation.of(STATE, Locale.KO, POLICY), tuple[str, ...]()
        for _ in range(3):
            order = Order(situation=situation, state=STATE, event_type=None, known=known)
            draft = await writer.obtain(order, 1)
            assert draft is not None
            known = (*known, draft.draft_id)
        assert sum(len(drafts) for drafts in store.pools.values()) == 3
        assert len(passed.all) == 2
        assert outcomes(tally) == {"dropped": 2}
        await passed.until(3)
    assert outcomes(tally) == {"dropped": 2, "failed": 1}


class Kept:
    """A review store that keeps what is queued."""

    def __init__(self) -> None:
        self.items: list[ReviewItem] = []

    async def queue(self, items: list[ReviewItem]) -> None:
        self.items += items


async def test_the_points_reach_the_review_item() -> None:
    kept, tally, done = Kept(), Tally(), asyncio.Event()
    store: ReviewStore = kept  # pyright: ignore[reportAssignmentType]  # only `queue` is called
    reviews = ReviewQueue(store, POLICY, tally, sample=1)

    def pass_on(draft: PooledDraft, state: GameState, judgement: Judgement | None) -> None:
        reviews.offer(draft, state, judgement)
        done.set()

    with running(JudgeServer(reader)) as server:
        judge = Judge(OpenAIMarker(server.url, "judge-model"), POLICY)
        Judging(judge, POLICY, tally, pass_on, sample=1).offer(pooled("d1"), STATE)
        await asyncio.wait_for(done.wait(), 20)
    await reviews.flush()
    [item] = kept.items
    assert item.judge is not None
    assert (item.judge.total, item.judge.model) == (75, "judge-model")
    reviews.offer(pooled("d2"), STATE)
    await reviews.flush()
    assert kept.items[-1].judge is None


def test_the_page_names_every_metric_and_variable() -> None:
    page = Path("docs/judge.md").read_text("utf-8")
    for metric in (JUDGED, JUDGE_SCORE, JUDGE_GAP, JUDGE_ORDER_GAP):
        assert f"`{metric.name}" in page
        assert metric in ALL
    for name in ("ENDPOINT", "MODEL", "KEY", "SAMPLE"):
        assert f"| `EVENTSMITH_JUDGE_{name}` |" in page
