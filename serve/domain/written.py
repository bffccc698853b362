"""Drafts written by people: the format of the static pool and of the model's corpus.

One JSON object a line: `{"id", "type", "stages", "pressures"?, "trusts"?, "draft"}`; a list left
out means "all". What a draft needs and offers is read off its text and choices, never stated twice.
"""

import json
from collections.abc import Iterator
from functools import cached_property

from pydantic import BaseModel, ConfigDict, ValidationError

from serve.domain.event import EventDraft, EventType
from serve.domain.rules import needs
from serve.domain.state import GameState, MoneyPressure, Stage, TrustTier
from serve.errors import ConfigurationError


class WrittenDraft(BaseModel):
    """A hand-written draft and the situations it answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    type: EventType
    stages: tuple[Stage, ...] = tuple(Stage)
    pressures: tuple[MoneyPressure, ...] = tuple(MoneyPressure)
    trusts: tuple[TrustTier, ...] = tuple(TrustTier)
    draft: EventDraft

    @cached_property
    def needs(self) -> frozenset[str]:
        """Infrastructure a player must own for it."""
        return needs(self.draft)

    def fits(self, state: GameState) -> bool:
        """Whether the stage is right, all it needs is owned, and nothing it offers is."""
        return (
            state.stage in self.stages
            and self.needs <= state.owned
            and not self.draft.offers & state.owned
        )


def parse_lines(text: str, source: str) -> Iterator[WrittenDraft]:
    """The drafts of a JSON Lines text. Raises ConfigurationError naming source, line and field."""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield WrittenDraft.model_validate(json.loads(line))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise ConfigurationError(f"{source}:{number}: {where}: {first['msg']}") from error
        except json.JSONDecodeError as error:
            raise ConfigurationError(f"{source}:{number}: not JSON: {error.msg}") from error
