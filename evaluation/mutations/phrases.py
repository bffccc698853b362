"""The sentences defects are made with, `phrases/<locale>/*.yaml`, each on one side of the split.

A phrase's side is fixed by a hash of its text, as an event's is by a hash of its id, and a specimen
draws only phrases of its own side. So a decision taken while the scorer is worked on can never have
seen a phrase that measures it: a high sensitivity cannot come from knowing the sentence.
"""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

import yaml

from evaluation.mutations.specimen import Specimen
from evaluation.split import Side, side
from serve.domain.state import Locale

Phrase = tuple[str, ...]
"""A sentence by itself, a title with its description, or the texts of an event's choices."""


def sentence(specimen: Specimen, subject: str, rng: Random) -> str:
    """A sentence on the specimen's side; KeyError for an unknown subject."""
    (words,) = passage(specimen, subject, rng)
    return words


def passage(specimen: Specimen, subject: str, rng: Random) -> Phrase:
    """The same for a subject whose phrases have several parts."""
    return rng.choice(_on(specimen.side, specimen.locale, subject))


@cache
def phrases(locale: Locale) -> dict[str, tuple[Phrase, ...]]:
    """Every phrase by subject, a nested one written `numbers.cash_up`."""
    sheets = files("evaluation.mutations").joinpath("phrases", locale.value).iterdir()
    read = (yaml.safe_load(sheet.read_text("utf-8")) for sheet in sheets)
    return {name: found for subjects in read for name, found in _flat(subjects)}


def phrase_side(phrase: Phrase) -> Side:
    return side("\n".join(("phrase", *phrase)))


@cache
def _on(wanted: Side, locale: Locale, subject: str) -> tuple[Phrase, ...]:
    return tuple(phrase for phrase in phrases(locale)[subject] if phrase_side(phrase) is wanted)


def _flat(subjects: dict[str, Any]) -> Iterator[tuple[str, tuple[Phrase, ...]]]:
    for name, found in subjects.items():
        if isinstance(found, dict):
            yield from ((f"{name}.{inner}", phrases) for inner, phrases in _flat(found))
        else:
            yield name, tuple((one,) if isinstance(one, str) else tuple(one) for one in found)
