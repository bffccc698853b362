"""What a replica does beside its work goes on, whatever fails of it."""

import asyncio

import pytest

from serve.deployments.background import every

_SECRET = "what a player sent"


async def test_a_job_that_fails_stops_neither_the_others_nor_itself(
    caplog: pytest.LogCaptureFixture,
) -> None:
    runs = list[str]()

    async def failing() -> None:
        runs.append("failing")
        raise OSError(28, _SECRET)

    async def other() -> None:
        runs.append("other")

    task = asyncio.create_task(every(0.001, failing, other))
    while len(runs) < 6:
        assert not task.done()
        await asyncio.sleep(0.001)
    task.cancel()
    assert runs[:4] == ["failing", "other"] * 2
    assert "OSError" in caplog.text
    assert _SECRET not in caplog.text


async def test_a_job_ends_with_its_replica() -> None:
    async def job() -> None:
        await asyncio.sleep(60)

    task = asyncio.create_task(every(1, job))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
