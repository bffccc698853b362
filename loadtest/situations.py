"""One player's state for every situation there is, and a pool that has drafts for each."""

import asyncio
import time
import uuid
from itertools import product
from typing import NamedTuple

from serve.adapters.redis_store import RedisStore
from serve.domain.balance import BalancePolicy
from serve.domain.brief import Situation
from serve.domain.state import Difficulty, GameState, Locale
from serve.models.corpus import read
from serve.pool import PooledDraft, pool_key
from serve.quality import Quality
from serve.settings import PoolConfig, Settings

_TURNS = (3, 8, 13, 18, 22)
_CASH = (4_000_000, 40_000_000, 900_000_000)
_TRUST = (25, 50, 85)
_OWNED = (
    ("EC2",),
    ("EC2", "RDS", "S3"),
    ("EC2", "RDS", "S3", "ALB", "ECS"),
    ("EC2", "RDS", "S3", "ALB", "EKS", "Aurora", "multi-region"),
)
_QUALITY = Quality(consistency=25, balance=25, fun=22, education=20)


class Player(NamedTuple):
    """A state, and the language its player reads."""

    state: GameState
    locale: Locale


def everybody() -> list[Player]:
    """One for each stage, difficulty, pressure, trust, architecture and language."""
    figures = product(_TURNS, Difficulty, _CASH, _TRUST, _OWNED, Locale)
    return [
        Player(
            GameState(
                current_turn=turn,
                difficulty=difficulty,
                cash=cash,
                users=3000,
                trust=trust,
                infrastructure=owned,
            ),
            locale,
        )
        for turn, difficulty, cash, trust, owned, locale in figures
    ]


def fill(url: str, prompt_version: str, model: str, each: int) -> int:
    """Puts up to `each` drafts of the corpus into the pool of every situation; how many in all."""
    return asyncio.run(_fill(url, prompt_version, model, each))


async def _fill(url: str, prompt_version: str, model: str, each: int) -> int:
    policy = BalancePolicy.parse(Settings.from_environ({}).table("balance.yaml"))
    store, corpus, filled = RedisStore(url, PoolConfig()), read(), 0
    for state, locale in everybody():
        fitting = [
            one.written for one in corpus if one.locale is locale and one.written.fits(state)
        ]
        for written in fitting[:each]:
            await store.put(
                PooledDraft(
                    draft_id=uuid.uuid4().hex[:16],
                    key=pool_key(Situation.of(state, locale, policy), prompt_version, model),
                    locale=locale,
                    event_type=written.type,
                    draft=written.draft,
                    quality=_QUALITY,
                    prompt_version=prompt_version,
                    model=model,
                    seed=0,
                    created_at=time.time(),
                )
            )
            filled += 1
    await store.close()
    return filled
