"""All that a model may ever be asked for a situation: what is asked must be one of these."""

import json
from itertools import product

from samples import POLICY

from serve.domain.brief import ANGLES, NEXT_STEPS, Brief, Situation
from serve.domain.event import EventType
from serve.domain.state import GameState, Locale
from serve.generation import CompletionRequest, completion_request
from serve.prompts import PromptVariant


def asked(request: CompletionRequest) -> str:
    """A request without its seed and trace, which say nothing."""
    return json.dumps(request.model_dump(exclude={"seed", "trace"}), ensure_ascii=False)


def askable(
    variant: PromptVariant, state: GameState, locale: Locale, budget_s: float
) -> frozenset[str]:
    """Every request there can be about a company like this one, whatever its game says beside."""
    situation = Situation.of(state, locale, POLICY)
    steps = [name for name in NEXT_STEPS[situation.stage] if name not in state.owned]
    briefs = product(EventType, [None, *state.infrastructure], [None, *steps], range(ANGLES))
    return frozenset(
        asked(completion_request(variant, Brief(situation, *brief), seed=0, timeout_s=budget_s))
        for brief in briefs
    )
