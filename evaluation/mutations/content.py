"""Defects of content: text no player should see, whatever the effects."""
# ruff: noqa: ARG001  every kind of defect takes the same arguments

import re
from random import Random

from evaluation.mutations.phrases import sentence
from evaluation.mutations.specimen import Shelf, Specimen, with_choice
from serve.domain.event import GameEvent
from serve.domain.state import Locale

_NAMES = ("EC2", "RDS", "S3", "Lambda", "EKS", "Aurora", "CloudFront", "Redis", "ALB", "Bedrock")
_OUTSIDE = ("DynamoDB", "SQS", "SNS", "IAM", "VPC", "WAF", "Kinesis", "Athena", "Fargate")


def lorem_ipsum(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    return _described(specimen, sentence(specimen, "lorem", rng))


def wrong_language(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    """The description in the other language."""
    foreign = _foreign(specimen, shelf, rng)
    return None if foreign is None else _described(specimen, foreign)


def mixed_language(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    """The second half of the description in the other language."""
    foreign = _foreign(specimen, shelf, rng)
    if foreign is None:
        return None
    first = re.split(r"(?<=[.!?])\s", specimen.event.description)[0]
    return _described(specimen, f"{first} {foreign}")


def profanity_spaced(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    """Profanity in disguise: spaced out, abbreviated or misspelt."""
    return _appended(specimen, sentence(specimen, "profanity", rng))


def model_speaks(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    """The writer's own words to whoever asked, left in the text."""
    leak = sentence(specimen, "leak", rng)
    return _described(specimen, f"{leak} {specimen.event.description}")


def personal_data(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    return _appended(specimen, sentence(specimen, "contact", rng))


def repeated_sentence(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    """A sentence that says nothing, four times over."""
    return _appended(specimen, " ".join([sentence(specimen, "repeated", rng)] * 4))


def service_stuffing(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    """A list of service names after the description."""
    return _appended(specimen, f"{', '.join(rng.sample(_NAMES, 6))}.")


def outside_stuffing(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    """The same with services the game does not sell, which no rule of ownership stops."""
    return _appended(specimen, f"{', '.join(rng.sample(_OUTSIDE, 6))}.")


def garbled_words(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    """Letters or syllables shuffled inside the words of the description and one result."""
    event = specimen.event
    index, choice = rng.choice(tuple(enumerate(event.choices)))
    changed = choice.model_copy(update={"result_text": _garbled(choice.result_text, rng)})
    described = _described(specimen, _garbled(event.description, rng))
    return with_choice(described, index, changed)


def words_shuffled(specimen: Specimen, shelf: Shelf, rng: Random) -> GameEvent | None:
    """The words of the description in any order."""
    parts = specimen.event.description.split()
    return _described(specimen, " ".join(rng.sample(parts, len(parts))))


def _garbled(text: str, rng: Random) -> str:
    def shuffled(match: re.Match[str]) -> str:
        return "".join(rng.sample(match.group(), len(match.group())))

    return re.sub(r"[가-힣]{3,}|[A-Za-z]{4,}", shuffled, text)


def _foreign(specimen: Specimen, shelf: Shelf, rng: Random) -> str | None:
    locale = Locale.EN if specimen.locale is Locale.KO else Locale.KO
    other = shelf.other(specimen, rng, locale=locale)
    return None if other is None else other.description


def _appended(specimen: Specimen, words: str) -> GameEvent:
    return _described(specimen, f"{specimen.event.description} {words}")


def _described(specimen: Specimen, description: str) -> GameEvent:
    return specimen.event.model_copy(update={"description": description})
