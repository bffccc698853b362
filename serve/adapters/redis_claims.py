"""Claims on drafts, many at once: those that arrive while one round trip is under way share the next.

One request alone waits for nobody; sixteen at a time cost a few round trips instead of sixteen, in
this process and in Redis.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from hashlib import blake2b, sha1
from typing import Any

from redis.exceptions import NoScriptError

from serve.adapters.redis_calls import Refused
from serve.adapters.redis_line import Line
from serve.errors import StoreError

_SCRIPT = """
local claimed, at = {}, 2
for k, seen_key in ipairs(KEYS) do
  local count = tonumber(ARGV[at])
  local seen = redis.pcall('SMISMEMBER', seen_key, unpack(ARGV, at + 1, at + count))
  claimed[k] = seen.err and -1 or 0
  for i, known in ipairs(seen) do
    if known == 0 then
      local added = redis.pcall('SADD', seen_key, ARGV[at + i])
      redis.pcall('EXPIRE', seen_key, ARGV[1])
      claimed[k] = type(added) == 'table' and added.err and -1 or i
      break
    end
  end
  at = at + 1 + count
end
return claimed
"""
"""Per player, the position of the first draft not seen, marked as seen; 0 when all were, -1 when Redis
refused: what lies there for one player, or how full it is, fails no other player's claim."""

_DIGEST = sha1(_SCRIPT.encode(), usedforsecurity=False).hexdigest()

_Claim = tuple[str, Sequence[str], asyncio.Future[int]]


class Claims:
    """Group commit for claims; `call` bounds and counts what goes wrong and raises StoreError."""

    def __init__(
        self, line: Line, call: Callable[[Awaitable[Any]], Awaitable[Any]], seen_ttl_s: int
    ) -> None:
        self._line, self._call, self._ttl_s = line, call, seen_ttl_s
        self._waiting: list[_Claim] = []
        self._sending: asyncio.Task[None] | None = None

    async def claim(self, player_id: str, stories: Sequence[str]) -> str | None:
        """The first of these the player has not seen, now marked as seen; None if all were."""
        if not stories:
            return None
        position: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.append((player_id, stories, position))
        if self._sending is None:
            self._sending = asyncio.create_task(self._send())
        claimed = await position
        return stories[claimed - 1] if claimed else None

    async def _send(self) -> None:
        """A task of its own: the first to ask may go away, those who joined it may not be left."""
        while self._waiting:
            batch, self._waiting = self._waiting, []
            keys = [f"es:seen:{_unnamed(player_id)}" for player_id, _, _ in batch]
            arguments: list[str | int] = [self._ttl_s]
            for _, stories, _ in batch:
                arguments += [len(stories), *stories]
            try:
                positions = await self._call(self._claimed(keys, arguments))
            except StoreError as error:
                _settle(batch, [error] * len(batch))
            except Exception as error:  # noqa: BLE001 - nobody may be left waiting for ever
                _settle(batch, [StoreError(type(error).__name__)] * len(batch))
            else:
                _settle(batch, positions)
        self._sending = None

    async def _claimed(self, keys: list[str], arguments: list[str | int]) -> list[int]:
        command = (len(keys), *keys, *arguments)
        try:
            return await self._line.call("EVALSHA", _DIGEST, *command)
        except NoScriptError:  # a Redis that has been restarted
            return await self._line.call("EVAL", _SCRIPT, *command)


def _unnamed(player_id: str) -> str:
    """What stands for a player in the store: always the same, and not their id."""
    return blake2b(player_id.encode(), digest_size=16).hexdigest()


def _settle(batch: list[_Claim], outcomes: Sequence[int | StoreError]) -> None:
    for (_, _, position), outcome in zip(batch, outcomes, strict=True):
        if position.done():
            continue  # whoever asked has gone
        if isinstance(outcome, StoreError):
            position.set_exception(outcome)
        elif outcome < 0:
            position.set_exception(Refused("the claim"))
        else:
            position.set_result(outcome)
