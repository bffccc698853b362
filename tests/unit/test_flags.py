"""A flag changed here is not undone by a reading that began before the change."""

import asyncio

from fakes import MemoryStore

from serve.release.flags import FlagBoard
from serve.tally import Tally


class SlowReading(MemoryStore):
    """Hands over what was there when the reading began."""

    async def table(self, name: str) -> dict[str, str]:
        before = dict(await super().table(name))
        await asyncio.sleep(0.01)
        return before


async def test_a_late_reading_does_not_undo_a_change() -> None:
    board = FlagBoard(SlowReading(), {"llm-events": True}, Tally())
    await board.set("llm-events", False, actor="admin", reason="")
    reading = asyncio.create_task(board.refresh())
    await asyncio.sleep(0)
    await board.set("llm-events", True, actor="admin", reason="")
    await reading
    assert board.enabled("llm-events")
    await board.refresh()
    assert board.enabled("llm-events")
