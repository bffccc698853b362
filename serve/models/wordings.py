"""Other ways to say what a draft says: `corpus/wordings/NAME.jsonl` beside `corpus/NAME.jsonl`.

One JSON object a line, `{"id", "title", "description", "choices": [{"text", "result"}, ...]}`, each
field a list of wordings a person wrote for that field of that draft. Wordings of different fields go
together in any combination, so a few of each make hundreds of drafts of one story.
"""

import json
from collections.abc import Iterator
from math import prod
from pathlib import Path
from random import Random

from pydantic import BaseModel, ConfigDict, ValidationError

from serve.domain.event import EventDraft
from serve.errors import ConfigurationError


class _Wordings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ChoiceWordings(_Wordings):
    """Other texts and results of one choice."""

    text: tuple[str, ...] = ()
    result: tuple[str, ...] = ()


class Wordings(_Wordings):
    """What else the fields of one draft may say."""

    id: str
    title: tuple[str, ...] = ()
    description: tuple[str, ...] = ()
    choices: tuple[ChoiceWordings, ...] = ()

    @property
    def combinations(self) -> int:
        """How many drafts these wordings and the draft's own make."""
        fields = [self.title, self.description]
        for choice in self.choices:
            fields += [choice.text, choice.result]
        return prod(1 + len(field) for field in fields)

    def texts(self) -> Iterator[str]:
        """Every wording there is."""
        yield from (*self.title, *self.description)
        for choice in self.choices:
            yield from (*choice.text, *choice.result)

    def vary(self, draft: EventDraft, rng: Random) -> EventDraft:
        """The draft with each field in a wording drawn evenly, its own included."""
        choices = tuple(
            choice.model_copy(
                update={
                    "text": rng.choice((choice.text, *other.text)),
                    "result": rng.choice((choice.result, *other.result)),
                }
            )
            for choice, other in zip(draft.choices, self.choices, strict=True)
        )
        return draft.model_copy(
            update={
                "title": rng.choice((draft.title, *self.title)),
                "description": rng.choice((draft.description, *self.description)),
                "choices": choices,
            }
        )

    def singly(self, draft: EventDraft) -> Iterator[EventDraft]:
        """The draft once for every wording here, with only that field changed."""
        for title in self.title:
            yield draft.model_copy(update={"title": title})
        for description in self.description:
            yield draft.model_copy(update={"description": description})
        for index, (choice, other) in enumerate(zip(draft.choices, self.choices, strict=True)):
            changed = [choice.model_copy(update={"text": text}) for text in other.text]
            changed += [choice.model_copy(update={"result": result}) for result in other.result]
            for new in changed:
                choices = (*draft.choices[:index], new, *draft.choices[index + 1 :])
                yield draft.model_copy(update={"choices": choices})


def read_wordings(path: Path) -> dict[str, Wordings]:
    """By draft id; nothing where there is no such file. Raises ConfigurationError naming the line."""
    if not path.exists():
        return {}
    found: dict[str, Wordings] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            wordings = Wordings.model_validate(json.loads(line))
        except (ValidationError, json.JSONDecodeError) as error:
            raise ConfigurationError(f"{path.name}:{number}: {error}") from error
        if wordings.id in found:
            raise ConfigurationError(f"{path.name}:{number}: {wordings.id} is there twice")
        found[wordings.id] = wordings
    return found
