"""Cases by the thousand, on every core: what was served, on which path, and what of it broke a promise."""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from os import cpu_count
from random import Random
from typing import Any

from fuzzing import drafts, pools, states
from fuzzing.mutations import MUTATIONS
from fuzzing.oracle import breaches
from fuzzing.stand import VARIANT, Stand
from samples import POLICY
from threadpoolctl import threadpool_limits

from serve.api.contract import EventResponse
from serve.domain.brief import Situation
from serve.domain.rules import violations
from serve.domain.state import CANONICAL_INFRASTRUCTURE, GameState, Locale
from serve.pool import pool_key

_OF_ITS_ORIGIN = {"a stale event as fresh"}
"""Where an answer came from, and how old it was, cannot be told from the answer kept."""
PATHS = ("fresh", "second", "salvaged", "pool", "stale", "static", "flag_off", "replay")
"""Everything that can serve an event."""
_WEIGHTS = {"write": 2, "rescue": 1, "pool": 4, "stale": 4, "static": 1, "off": 2}
KINDS = tuple(kind for kind, weight in _WEIGHTS.items() for _ in range(weight))
"""What a case is set up for; scoring what was written takes longest by far."""
_CHUNK = 250
Json = dict[str, Any]


@dataclass
class Outcome:
    """Events served per path, and what was wrong with any of them."""

    cases: int = 0
    served: Counter[str] = field(default_factory=Counter[str])
    refused: int = 0
    """Answers kept that were tampered with, and not given again."""
    invalid: list[str] = field(default_factory=list[str])
    """What was broken, asked and answered, of the first few; all are counted."""
    broken: int = 0

    def add(self, other: "Outcome") -> None:
        self.cases, self.refused = self.cases + other.cases, self.refused + other.refused
        self.served.update(other.served)
        self.broken += other.broken
        self.invalid = (self.invalid + other.invalid)[:20]

    def line(self) -> str:
        """As one line of figures."""
        paths = " ".join(f"{path}={self.served[path]}" for path in PATHS)
        return (
            f"cases={self.cases} served={self.served.total()} invalid_events={self.broken} "
            f"paths={len(PATHS)} {paths} tampered_answers_refused={self.refused}"
        )


def campaign(
    seed: int, cases: int, workers: int | None = None, kinds: Sequence[str] = KINDS
) -> Outcome:
    """So many cases, the same for a seed however many workers there are."""
    sizes = [min(_CHUNK, cases - start) for start in range(0, cases, _CHUNK)]
    whole = Outcome()
    if workers == 1:
        for number, size in enumerate(sizes):
            whole.add(chunk(seed, number, size, kinds))
        return whole
    with ProcessPoolExecutor(workers or cpu_count()) as executor:
        parts = ((seed, number, size, kinds) for number, size in enumerate(sizes))
        for part in executor.map(chunk, *zip(*parts, strict=True)):
            whole.add(part)
    return whole


def chunk(seed: int, number: int, size: int, kinds: Sequence[str] = KINDS) -> Outcome:
    """Some cases on one stand, on one core."""
    with threadpool_limits(1):
        return asyncio.run(_chunk(Random(f"{seed}|{number}"), size, kinds))


async def _chunk(rng: Random, size: int, kinds: Sequence[str]) -> Outcome:
    outcome, stand = Outcome(), Stand(rng)
    for number in range(size):
        await Case(rng, stand, outcome, f"p{number}", rng.choice(kinds)).play()
    return outcome


class Case:
    """One player who asks once, or twice with one key."""

    def __init__(self, rng: Random, stand: Stand, outcome: Outcome, player: str, kind: str) -> None:
        self._rng, self._stand, self._outcome = rng, stand, outcome
        self._asked = states.request(rng, player)
        self._state = GameState.model_validate(self._asked["gameState"])
        self._locale = Locale(self._asked["locale"])
        self._aim = drafts.Aim(self._locale, self._state.owned & set(CANONICAL_INFRASTRUCTURE))
        self._kind = kind

    async def play(self) -> None:
        self._outcome.cases += 1
        self._prepare()
        body = json.dumps(self._asked, ensure_ascii=False).encode()
        if self._rng.random() < 0.75:
            await self._ask(body, {})
        else:
            await self._twice(body, {"idempotency-key": "k"})
        for refill in list(self._stand.writer._refills.values()):
            await refill

    def _prepare(self) -> None:
        stand, rng = self._stand, self._rng
        stand.clear()
        stand.switch(self._kind != "off")
        stand.engine.answers.clear()
        if self._kind in ("pool", "stale", "off"):
            situation = Situation.of(self._state, self._locale, POLICY)
            key = pool_key(situation, *VARIANT)
            name = f"d-{rng.getrandbits(32):x}"
            kind = "pool" if self._kind == "off" else self._kind
            stand.store.pools[key] = pools.planted(rng, self._aim, key, VARIANT, kind, name)
        if self._kind in ("write", "rescue"):
            stand.engine.answers += self._script()

    def _script(self) -> list[str]:
        """Two completions, the first spoilt more often than not."""
        rng, aim = self._rng, self._aim
        first, second = drafts.good(rng, aim)[0], drafts.good(rng, aim)[0]
        if self._kind == "rescue":
            first = drafts.with_one_bad_choice(rng, aim, first, second)
        else:
            drafts.spoilt(rng, aim, first, rng.choice((0, 0, 1, 1, 2, 3)))
        drafts.spoilt(rng, aim, second, rng.choice((0, 0, 0, 1)))
        return [drafts.completion(rng, draft) for draft in (first, second)]

    async def _ask(self, body: bytes, headers: dict[str, str]) -> bool:
        """Whether it was an answer kept that came."""
        written = len(self._stand.engine.written)
        answer = await self._stand.post(body, headers, front=self._rng.random() < 0.5)
        self._judge(body, answer, self._stand.engine.written[written:])
        return "idempotency-replayed" in answer[1]

    async def _twice(self, body: bytes, headers: dict[str, str]) -> None:
        """The second time the answer kept may have been tampered with."""
        await self._ask(body, headers)
        values, tampered = self._stand.store.values, self._rng.random() < 0.4
        if tampered:
            for name, kept in values.items():
                values[name] = kept[:64] + self._tampered(kept[64:])
        replayed = await self._ask(body, headers)
        self._outcome.refused += tampered and not replayed
        values.clear()

    def _tampered(self, kept: str) -> str:
        answer = json.loads(kept)
        names = sorted(MUTATIONS.keys() - _OF_ITS_ORIGIN)
        for name in self._rng.sample(names, self._rng.choice((1, 1, 2))):
            try:
                MUTATIONS[name].broken(answer, self._asked)
            except (TypeError, IndexError, ValueError, AttributeError):
                continue  # an earlier change took away what this one would change
        text = json.dumps(answer, ensure_ascii=False)
        return text[: len(text) // 2] if self._rng.random() < 0.1 else text

    def _judge(
        self, body: bytes, answered: tuple[int, dict[str, str], bytes], written: list[str]
    ) -> None:
        status, headers, answer = answered
        found = breaches(body, status, answer)
        replayed = "idempotency-replayed" in headers
        if not found:
            told = EventResponse.model_validate_json(answer)
            own = violations(told.event, self._state, POLICY, self._locale)
            found = [f"{broken.rule}: {broken.field}" for broken in own]
            self._count(replayed, told, written)
        if found:
            self._outcome.broken += 1
            self._outcome.invalid.append(f"{found} {self._kind} {body!r} {answer!r}")

    def _count(self, replayed: bool, told: EventResponse, written: list[str]) -> None:
        self._outcome.served[self._path(replayed, told, written)] += 1

    def _path(self, replayed: bool, told: EventResponse, written: list[str]) -> str:
        if replayed:
            return "replay"
        if told.source == "static":
            return "static" if self._stand.backend.service._switch.enabled("") else "flag_off"
        if told.source != "llm":
            return str(told.source)
        if not written:
            return "pool"  # another writer's, met while waiting
        draft = json.loads(written[-1])
        if len(told.event.choices) < len(draft["choices"]):
            return "salvaged"
        return "fresh" if len(written) == 1 else "second"
