"""Stand-ins for what lies outside the process: documented code, used instead of mocks."""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from serve.errors import StoreError
from serve.generation import Completion, CompletionRequest
from serve.pool import PooledDraft
from serve.serving import Order

GOOD_DRAFT: dict[str, Any] = {
    "severity": "HIGH",
    "title": "저녁마다 멈칫하는 결제",
    "description": "저녁이면 결제 화면이 몇 초씩 멈춰 문의가 쌓입니다. "
    "서버 한 대가 모든 요청을 받고 있어, 그 한 대가 쓰러지면 서비스도 함께 쓰러집니다.",
    "choices": [
        {
            "text": "앞에 분산 장치를 두고 서버를 두 대로 나눈다",
            "cash": -2,
            "users": 2,
            "trust": 2,
            "result": "한 대가 쉬어도 결제가 이어져 고객이 늘고 신뢰를 얻었습니다. "
            "대신 매달 나가는 비용이 늘었습니다.",
        },
        {
            "text": "피크 시간에만 광고를 줄여 손님을 덜 받는다",
            "cash": 1,
            "users": -1,
            "trust": -1,
            "result": "광고비는 아꼈지만 돌아선 고객이 생겼고, "
            "단일 장애점이 남아 신뢰도 잃었습니다.",
        },
    ],
}


class MemoryStore:
    """The shared store in a dictionary; `broken` makes every call fail as a dead Redis would."""

    def __init__(self) -> None:
        self.broken = False
        self.pools: dict[str, list[PooledDraft]] = defaultdict(list)
        self.seen: dict[str, set[str]] = defaultdict(set)
        self.leases: dict[str, tuple[str, float]] = {}
        self.values: dict[str, str] = {}
        self.lists: dict[str, list[str]] = defaultdict(list)
        self.hashes: dict[str, dict[str, str]] = defaultdict(dict)

    def _check(self) -> None:
        if self.broken:
            raise StoreError("broken on purpose")

    async def fetch(self, key: str) -> list[PooledDraft]:
        self._check()
        return list(self.pools[key])

    async def put(self, draft: PooledDraft) -> None:
        self._check()
        self.pools[draft.key].append(draft)

    async def claim(self, player_id: str, stories: Sequence[str]) -> str | None:
        self._check()
        for story in stories:
            if story not in self.seen[player_id]:
                self.seen[player_id].add(story)
                return story
        return None

    async def acquire(self, lease: str, owner: str, seconds: float) -> bool:
        self._check()
        holder, until = self.leases.get(lease, ("", 0.0))
        if holder not in ("", owner) and until > time.monotonic():
            return False
        self.leases[lease] = owner, time.monotonic() + seconds
        return True

    async def release(self, lease: str, owner: str) -> None:
        self._check()
        if self.leases.get(lease, ("", 0.0))[0] == owner:
            del self.leases[lease]

    async def record(self, draft_id: str) -> PooledDraft | None:
        self._check()
        drafts = (draft for pool in self.pools.values() for draft in pool)
        return next((draft for draft in drafts if draft.draft_id == draft_id), None)

    async def remember(self, name: str, value: str, seconds: int) -> bool:
        self._check()
        kept = name not in self.values
        self.values.setdefault(name, value)
        return kept

    async def recall(self, name: str) -> str | None:
        self._check()
        return self.values.get(name)

    async def swap(self, name: str, old: str | None, new: str) -> bool:
        self._check()
        if self.values.get(name) != old:
            return False
        self.values[name] = new
        return True

    async def append(self, name: str, value: str, *, largest: int, seconds: int | None) -> None:
        self._check()
        self.lists[name] = [value, *self.lists[name]][:largest]

    async def entries(self, name: str) -> list[str]:
        self._check()
        return list(self.lists[name])

    async def table(self, name: str) -> dict[str, str]:
        self._check()
        return dict(self.hashes[name])

    async def write(self, name: str, field: str, value: str) -> None:
        self._check()
        self.hashes[name][field] = value

    async def add(self, increments: dict[str, dict[str, float]], seconds: dict[str, int]) -> None:
        self._check()
        for name, fields in increments.items():
            for field, amount in fields.items():
                now = float(self.hashes[name].get(field, 0))
                self.hashes[name][field] = str(now + amount)

    async def tables(self, names: Sequence[str]) -> list[dict[str, str]]:
        self._check()
        return [dict(self.hashes[name]) for name in names]


class ScriptedEngine:
    """Writes what it is told, one answer after the other and the last one for ever."""

    def __init__(self, *answers: str | Exception, seconds: float = 0.0) -> None:
        self._answers = list(answers) or [json.dumps(GOOD_DRAFT, ensure_ascii=False)]
        self._seconds = seconds
        self.requests: list[CompletionRequest] = []

    async def complete(self, request: CompletionRequest) -> Completion:
        self.requests.append(request)
        await asyncio.sleep(self._seconds)
        answer = self._answers[min(len(self.requests), len(self._answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return Completion(
            text=answer,
            finish_reason="stop",
            prompt_tokens=30,
            output_tokens=120,
            first_token_s=self._seconds / 10,
            duration_s=self._seconds,
        )


class Desk:
    """Hands out prepared drafts and keeps the orders."""

    def __init__(self, *drafts: PooledDraft) -> None:
        self.drafts = list(drafts)
        self.orders: list[Order] = []
        self.refills: list[Order] = []

    async def obtain(self, order: Order, wait_s: float) -> PooledDraft | None:
        self.orders.append(order)
        return self.drafts.pop(0) if self.drafts else None

    def refill(self, order: Order) -> None:
        self.refills.append(order)


class Switch:
    """A feature flag that is on, or off."""

    def __init__(self, on: bool = True) -> None:
        self.on = on

    def enabled(self, name: str) -> bool:
        return self.on
