"""The learnt table: a weight for every piece, and a column of coefficients for everything asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from serve.domain.event import EventType, Severity
from serve.domain.state import Locale

Floats = NDArray[np.float32]
TYPES, SEVERITIES = tuple(EventType), tuple(Severity)
SIGNS = (-1, 0, 1)
"""What an effect does to cash, users and trust, in this order: nine columns for the three."""
LATENT = 32
WIDTHS = {
    "type_situation": len(TYPES),
    "type_answers": len(TYPES),
    "severity_situation": len(SEVERITIES),
    "severity_answers": len(SEVERITIES),
    "signs_text": 9,
    "signs_result": 9,
    "latent_text": LATENT,
    "latent_result": LATENT,
}
"""Columns of each head, in the order of the table."""


@dataclass(frozen=True, eq=False)
class Question:
    """A logistic regression over some evidence, and how surely it must say yes."""

    evidence: tuple[str, ...]
    coefficients: Floats
    intercept: float
    doubtful: float
    """Log-odds from which points are lost,"""
    sure: float
    """and from which the event can no longer be accepted."""


@dataclass(frozen=True, eq=False)
class Heads:
    rarity: Floats
    """[places] inverse document frequency."""
    table: Floats
    """[places, columns]"""
    biases: Mapping[str, Floats]
    """Per head, [columns of it]."""
    questions: Mapping[str, Question]

    def columns(self, projected: Floats, head: str) -> Floats:
        """The head's columns of `vectors @ table`, its bias added."""
        return projected[..., _SPANS[head]] + self.biases[head]


def _spans() -> dict[str, slice]:
    ends = np.cumsum(list(WIDTHS.values())).tolist()
    starts = [0, *ends]
    return {head: slice(starts[at], ends[at]) for at, head in enumerate(WIDTHS)}


_SPANS = _spans()


@cache
def heads(locale: Locale) -> Heads:
    """The learnt table of a language; a few megabytes, read once per process."""
    with (files(__package__ or "") / f"{locale.value}.npz").open("rb") as file:
        stored = np.load(file, allow_pickle=False)
        return unpacked({name: stored[name] for name in stored.files})


def packed(learnt: Heads) -> dict[str, NDArray[np.generic]]:
    """As stored: half precision, one array a name."""
    stored: dict[str, NDArray[np.generic]] = {
        "rarity": learnt.rarity.astype(np.float16),
        "table": learnt.table.astype(np.float16),
    }
    for head, bias in learnt.biases.items():
        stored[f"bias/{head}"] = bias.astype(np.float32)
    for name, question in learnt.questions.items():
        numbers = [*question.coefficients, question.intercept, question.doubtful, question.sure]
        stored[f"question/{name}"] = np.array(numbers, np.float32)
        stored[f"evidence/{name}"] = np.array(question.evidence)
    return stored


def unpacked(stored: Mapping[str, NDArray[np.generic]]) -> Heads:
    names = [name.removeprefix("question/") for name in stored if name.startswith("question/")]
    return Heads(
        rarity=stored["rarity"].astype(np.float32),
        table=stored["table"].astype(np.float32),
        biases={head: stored[f"bias/{head}"].astype(np.float32) for head in WIDTHS},
        questions={
            name: _question(stored[f"evidence/{name}"].tolist(), stored[f"question/{name}"])
            for name in names
        },
    )


def _question(evidence: Sequence[str], numbers: NDArray[np.generic]) -> Question:
    *coefficients, intercept, doubtful, sure = numbers.astype(np.float32).tolist()
    return Question(tuple(evidence), np.array(coefficients, np.float32), intercept, doubtful, sure)
