"""The pool's rules, without Redis: keys, freshness, what fits whom, how many drafts a key gets."""

import math
import re
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from random import Random
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from serve.domain.brief import Situation
from serve.domain.event import EventDraft, EventType
from serve.domain.ready import Ready
from serve.domain.state import GameState, Locale
from serve.quality import Quality

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What the id of a draft may be; it becomes part of an event's."""


class PooledDraft(BaseModel):
    """A draft that passed, with all there is to know about how it came to be: the flight record."""

    model_config = ConfigDict(frozen=True, protected_namespaces=())

    draft_id: str
    told: str = ""
    """Id of the draft that told this story first, where it is not this one."""
    key: str
    locale: Locale
    event_type: EventType
    draft: EventDraft
    quality: Quality
    prompt_version: str
    model: str
    seed: int
    created_at: float
    """Unix time, seconds."""
    attempt: int = 1
    """2 when a first draft was rejected and time allowed another."""
    prompt_tokens: int = 0
    output_tokens: int = 0
    timings_ms: dict[str, float] = {}
    """Stage -> milliseconds: engine, time to first token, validation, scoring."""

    @property
    def story(self) -> str:
        """What a player who has seen this draft has seen."""
        return self.told or self.draft_id

    @cached_property
    def ready(self) -> Ready:
        """The draft, as players are served it."""
        return Ready(self.draft, self.event_type, self.locale)

    @cached_property
    def sound(self) -> bool:
        """Whether a writer could have kept it: named and filed as drafts are, and not discarded."""
        made_by = Variant(self.prompt_version, self.model)
        return (
            self.quality.servable
            and math.isfinite(self.created_at)
            and self.key.startswith(f"{made_by}:{self.locale}:")
            and _NAME.fullmatch(self.draft_id) is not None
            and _NAME.fullmatch(self.story) is not None
        )

    def belongs(self, key: str) -> bool:
        """Whether it may be served to the players of this key."""
        return self.key == key and self.sound

    def age(self, now: float) -> float:
        """Seconds since it was written, or until then: a clock is wrong by so many."""
        return abs(now - self.created_at)


class Variant(NamedTuple):
    """A prompt's version and a model: whose drafts they are, and so which pool they go into."""

    prompt_version: str
    model: str

    def __str__(self) -> str:
        return f"{self.prompt_version}:{self.model}"


def pool_key(situation: Situation, prompt_version: str, model: str) -> str:
    """Which players may share a draft: same prompt, model, and situation."""
    return (
        f"{prompt_version}:{model}:{situation.locale}:{situation.stage}:{situation.difficulty}:"
        f"{situation.pressure}:{situation.trust}:{situation.tier}"
    )


def lot(draft_id: str) -> float:
    """0..1, always the same for a draft: what a share of 0.05 draws, one of 0.1 draws as well."""
    return int.from_bytes(sha256(draft_id.encode()).digest()[:8]) / 2**64


def split(
    drafts: Iterable[PooledDraft], now: float, ttl_s: float
) -> tuple[list[PooledDraft], list[PooledDraft]]:
    """(fresh, stale): younger than the TTL, and the rest."""
    fresh, stale = list[PooledDraft](), list[PooledDraft]()
    for draft in drafts:
        (fresh if draft.age(now) < ttl_s else stale).append(draft)
    return fresh, stale


def in_turn(
    drafts: Sequence[PooledDraft], state: GameState, event_type: EventType | None, rng: Random
) -> list[PooledDraft]:
    """Those that fit the player, in random order: no draft of a key wears out before the others."""
    owned = state.owned
    fitting = [draft for draft in drafts if draft.ready.fits(owned, event_type)]
    rng.shuffle(fitting)
    return fitting


def target_size(requests_in_ttl: float, largest: int) -> int:
    """Fresh drafts a key should hold: one when cold, one more each time its traffic doubles."""
    return min(largest, 1 + int(math.log2(1 + requests_in_ttl)))


@dataclass(slots=True)
class Traffic:
    """Requests per key over about one TTL, halved as time passes; bounded."""

    ttl_s: float
    _rates: OrderedDict[str, tuple[float, float]] = field(
        default_factory=OrderedDict[str, tuple[float, float]]
    )

    def count(self, key: str, now: float) -> float:
        """Counts one request and returns the key's recent requests, this one included."""
        rate, then = self._rates.get(key, (0.0, now))
        rate = rate * 0.5 ** ((now - then) / (self.ttl_s / 2)) + 1
        self._rates[key] = rate, now
        self._rates.move_to_end(key)
        if len(self._rates) > 10_000:
            self._rates.popitem(last=False)
        return rate
