"""The knowledge base: cloud and architecture ideas an event may teach, kept in `ideas/*.yaml`."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from serve.domain.state import Locale
from serve.quality.lexicon import table, words


class Idea(NamedTuple):
    """One idea as a language tells it; `contents.yaml` explains the fields."""

    id: str
    subject: str
    """The file it is kept in."""
    name: str
    what: str
    costs: str
    says: re.Pattern[str]
    """This and the next two read text in lower case."""
    why: re.Pattern[str]
    when: re.Pattern[str]
    concerns: frozenset[str]
    """Canonical infrastructure it is about."""


@cache
def ideas(locale: Locale) -> tuple[Idea, ...]:
    """Every idea, in the order of `contents.yaml`; ideas it does not list come last."""
    contents = table("ideas/contents.yaml")
    found = [
        _idea(subject, entry, locale)
        for subject in contents["subjects"]
        for entry in table(f"ideas/{subject}.yaml")
    ]
    place = {idea: rank for rank, idea in enumerate(contents["order"])}
    return tuple(sorted(found, key=lambda idea: place.get(idea.id, len(place))))


def _idea(subject: str, entry: Mapping[str, Any], locale: Locale) -> Idea:
    said = locale.value
    says, why, when = (_lower(entry[key][said], locale) for key in ("says", "why", "when"))
    return Idea(
        entry["id"],
        subject,
        name=entry["name"][said],
        what=entry["what"][said],
        costs=entry["costs"][said],
        says=says,
        why=why,
        when=when,
        concerns=frozenset(entry.get("concerns", ())),
    )


def _lower(forms: str, locale: Locale) -> re.Pattern[str]:
    """Hundreds of searches an event: telling capitals apart at each would double their time."""
    return re.compile(words(forms.lower(), locale).pattern)
