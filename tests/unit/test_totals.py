"""Totals: tallies of several replicas add up to one report."""

import asyncio
import time
from collections.abc import Sequence

import pytest
from fakes import MemoryStore

from serve import metrics
from serve.adapters.totals import Totals
from serve.errors import StoreError
from serve.tally import Tally


async def test_replicas_add_up() -> None:
    store = MemoryStore()
    for source, seconds in (("pool", 0.003), ("pool", 0.004), ("llm", 1.2), ("static", 0.3)):
        tally = Tally()
        tally.count(metrics.REQUESTS, source, "no_draft" if source == "static" else "good")
        tally.observe(metrics.RESPONSE, seconds, source)
        tally.count(metrics.CACHE, "hit" if source == "pool" else "miss")
        await Totals(store).add(tally)
    report = await Totals(store).report()
    for section in (report, report["lastFiveMinutes"]):
        assert section["requests"]["bySource"] == {"llm": 1, "pool": 2, "static": 1}
        assert section["requests"]["llmServedShare"] == 0.75
        assert section["cache"]["hitRate"] == 0.5
        assert section["requests"]["responseMs"]["count"] == 4
    assert report["requests"]["responseMs"]["p50"] == pytest.approx(5)
    assert 1000 <= report["requests"]["responseMs"]["p95"] <= 1500


class SlowStore(MemoryStore):
    """Answers a reading after so many seconds."""

    seconds = 0.0

    async def tables(self, names: Sequence[str]) -> list[dict[str, str]]:
        await asyncio.sleep(self.seconds)
        return await super().tables(names)


async def test_a_report_never_waits_for_redis() -> None:
    store, tally = SlowStore(), Tally()
    tally.count(metrics.FOLLOWERS)
    totals = Totals(store)
    store.seconds = 1.0
    with pytest.raises(StoreError):
        await totals.report()
    store.seconds = 0.0
    await totals.add(tally)
    fresh = await totals.report()
    store.seconds = 1.0
    started = time.monotonic()
    again = await totals.report()
    assert time.monotonic() - started < 0.5
    assert again | {"ageSeconds": 0.0} == fresh
    store.seconds, store.broken = 0.0, True
    assert (await totals.report())["cache"] == fresh["cache"]


async def test_nothing_yet() -> None:
    report = await Totals(MemoryStore()).report()
    assert report["requests"]["count"] == 0
    assert report["requests"]["responseMs"]["p99"] is None
    assert report["cache"]["hitRate"] is None


def test_a_tally_is_taken_once() -> None:
    tally = Tally()
    tally.count(metrics.FOLLOWERS)
    assert tally.take().counts == {(metrics.FOLLOWERS.name, ()): 1}
    assert tally.take().counts == {}
