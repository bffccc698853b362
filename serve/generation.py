"""Prompt, completion, draft, resolved event, verdict: one generation, judged before it is kept."""

import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, NamedTuple, Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

from serve.domain.balance import BalancePolicy, resolve
from serve.domain.brief import Brief
from serve.domain.event import EventDraft, EventType, GameEvent
from serve.domain.rules import violations
from serve.domain.schema import draft_schema
from serve.domain.state import GameState, Locale
from serve.domain.violation import Violation
from serve.errors import DraftError
from serve.pool import PooledDraft, pool_key
from serve.prompts import Prompt, PromptVariant
from serve.quality import Quality, Verdict
from serve.telemetry import carry, span

_FEWEST_CHOICES = 2


class Completion(BaseModel):
    """What an engine wrote."""

    model_config = ConfigDict(frozen=True)

    text: str
    finish_reason: str
    """`stop` when whole; `length` or `error` when not."""
    prompt_tokens: int
    output_tokens: int
    first_token_s: float
    """Seconds from request to first token."""
    duration_s: float
    """Seconds from request to last token."""


class CompletionRequest(BaseModel):
    """What an engine is asked; nothing in it comes from a client."""

    model_config = ConfigDict(frozen=True)

    prompt: Prompt
    grammar: dict[str, Any]
    """The JSON schema to keep to."""
    temperature: float
    top_p: float
    min_p: float = 0.0
    max_tokens: int
    seed: int
    timeout_s: float
    trace: str = ""
    """The trace it belongs to."""


WARM_UP = CompletionRequest(
    prompt=Prompt(None, "warm-up"),
    grammar=draft_schema(Locale.KO),
    temperature=0.0,
    top_p=1.0,
    max_tokens=8,
    seed=0,
    timeout_s=60,
)
"""Compiles the grammar and allocates what the first player would otherwise wait for."""


class Engine(Protocol):
    """Writes drafts. Raises EngineTimeout or EngineUnavailable."""

    async def complete(self, request: CompletionRequest) -> Completion: ...


class Checked(NamedTuple):
    """A completion read and checked for the state it was written for."""

    draft: EventDraft | None
    event: GameEvent | None
    violations: tuple[Violation, ...]


class Validator(Protocol):
    """Reads a completion and checks every rule."""

    async def check(
        self, text: str, event_type: EventType, state: GameState, locale: Locale
    ) -> Checked: ...


class Scorer(Protocol):
    """Judges an event by the rubric, against the others it will stand beside."""

    async def score(
        self, event: GameEvent, state: GameState, locale: Locale, others: Sequence[EventDraft]
    ) -> Quality: ...


class Rejected(DraftError):
    """A completion that must not be kept; `rule` says why, from a bounded set."""

    def __init__(self, rule: str, quality: Quality | None = None) -> None:
        """`quality` of a draft that was scored."""
        super().__init__(f"the draft breaks {rule}")
        self.rule, self.quality = rule, quality


class Generator:
    """Turns a brief into a draft worth keeping."""

    def __init__(
        self,
        engine: Engine,
        validator: Validator,
        scorer: Scorer,
        prompt: PromptVariant,
        model: str,
    ) -> None:
        self._engine, self._validator, self._scorer = engine, validator, scorer
        self.prompt, self.model = prompt, model
        """`prompt` may be replaced at any time: a generation keeps the one it began with."""

    async def write(
        self, brief: Brief, state: GameState, others: Sequence[EventDraft], timeout_s: float
    ) -> PooledDraft:
        """One attempt. Raises EngineError if none was written, Rejected if it is not good enough."""
        prompt, seed = self.prompt, Random().getrandbits(31)
        with span("engine"):
            request = completion_request(prompt, brief, seed, timeout_s)
            completion = await self._engine.complete(request)
        locale, started = brief.situation.locale, time.perf_counter()
        if completion.finish_reason != "stop":
            raise Rejected(f"completion.{completion.finish_reason}")
        with span("validation"):
            checked = await self._validator.check(completion.text, brief.event_type, state, locale)
        if checked.violations or checked.draft is None or checked.event is None:
            raise Rejected(checked.violations[0].rule)
        validated = time.perf_counter()
        with span("scoring"):
            quality = await self._scorer.score(checked.event, state, locale, others)
        if quality.verdict is Verdict.DISCARD:
            raise Rejected("quality.discard", quality)
        return PooledDraft(
            draft_id=uuid.uuid4().hex[:16],
            key=pool_key(brief.situation, prompt.version, self.model),
            locale=locale,
            event_type=brief.event_type,
            draft=checked.draft,
            quality=quality,
            prompt_version=prompt.version,
            model=self.model,
            seed=seed,
            created_at=time.time(),
            prompt_tokens=completion.prompt_tokens,
            output_tokens=completion.output_tokens,
            timings_ms={
                "firstToken": round(completion.first_token_s * 1000, 1),
                "engine": round(completion.duration_s * 1000, 1),
                "validate": round((validated - started) * 1000, 1),
                "score": round((time.perf_counter() - validated) * 1000, 1),
            },
        )


def completion_request(
    prompt: PromptVariant, brief: Brief, seed: int, timeout_s: float
) -> CompletionRequest:
    """What an engine is asked for this brief: the prompt, its grammar and its sampling."""
    return CompletionRequest(
        prompt=prompt.render(brief),
        grammar=draft_schema(brief.situation.locale, brief.uses, brief.offers),
        seed=seed,
        timeout_s=timeout_s,
        trace=carry(),
        **prompt.sampling.model_dump(),
    )


def check_completion(
    text: str, event_type: EventType, state: GameState, policy: BalancePolicy, locale: Locale
) -> Checked:
    """Reads the draft and applies every rule to the event it makes for this state.

    Where only one of three or four choices breaks a rule, the draft is kept without it.
    """
    try:
        draft = EventDraft.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        if first["type"] == "json_invalid":
            return Checked(None, None, (Violation("structure.json", "", "is not JSON"),))
        where = ".".join(str(part) for part in first["loc"])
        return Checked(None, None, (Violation("structure.schema", where, first["msg"]),))
    checked = [_checked(draft, event_type, state, policy, locale)]
    if checked[0].violations:
        rescued = _without_one_choice(draft, checked[0].violations)
        checked += [_checked(one, event_type, state, policy, locale) for one in rescued]
    return next((one for one in checked if not one.violations), checked[0])


def _checked(
    draft: EventDraft,
    event_type: EventType,
    state: GameState,
    policy: BalancePolicy,
    locale: Locale,
) -> Checked:
    event = resolve(draft, event_type, state, policy, event_id="draft", seed="draft")
    return Checked(draft, event, violations(event, state, policy, locale))


def _without_one_choice(draft: EventDraft, broken: Sequence[Violation]) -> Iterator[EventDraft]:
    """The draft with each choice left out in turn, those that break a rule first, the later first."""
    choices = draft.choices
    named = Counter(violation.field.partition(".")[0] for violation in broken)
    if len(choices) > _FEWEST_CHOICES:
        order = sorted(range(len(choices)), key=lambda index: (named[f"choices[{index}]"], index))
        for index in reversed(order):
            kept = (*choices[:index], *choices[index + 1 :])
            yield draft.model_copy(update={"choices": kept})
