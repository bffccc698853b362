"""How much the events of one arm differ from each other.

distinct-n is the share of n-grams that are different ones (Li et al. 2016, "A Diversity-Promoting
Objective Function for Neural Conversation Models"). It falls as text grows (Liu et al. 2022,
"Rethinking and Refining the Distinct Metric"), so it is taken over segments of one length and
averaged: runs of different sizes compare. Korean words carry their particles and endings, so that
words alone overstate how much differs; character n-grams, which suit such languages (Popović 2015,
"chrF"), stand beside them.

Likeness is that of the rubric, `serve.quality.language.likeness`: Jaccard over character triples.
"""

import re
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from evaluation.suite.result import Result

NEAR_DUPLICATE = 0.5
"""Likeness from which two events count as one: half of the triples of both are shared."""
COMPARED = 1000
"""Events compared with all others, drawn with a fixed seed where there are more: the share of
near-duplicates is then within 3 points, 95 times in 100."""
_SEGMENT_WORDS, _SEGMENT_TRIPLES = 2000, 10_000
"""About twenty events each."""
_BLOCK = 128
_SEED = 0
_WORD = re.compile(r"[^\W_]+")

Codes = NDArray[np.int64]


def diversity(results: Sequence[Result]) -> dict[str, float]:
    """The `diversity.*` figures; those that the results cannot tell are left out."""
    written = [result for result in results if result.event]
    Random(_SEED).shuffle(written)
    texts = [_text(result) for result in written]
    triples = [triples_of(text) for text in texts]
    found = _distinct(texts, triples) | _likenesses(written, triples)
    return {f"diversity.{name}": value for name, value in found.items()}


def triples_of(text: str) -> Codes:
    """Codes of the text's character triples in order, letters and digits only, with repeats."""
    plain = "".join(character for character in text.lower() if character.isalnum())
    letters = np.frombuffer(plain.encode("utf-32-le"), np.uint32).astype(np.int64)
    return letters[:-2] << 42 | letters[1:-1] << 21 | letters[2:]


def _text(result: Result) -> str:
    return " ".join(text for _, text in result.event.texts()) if result.event else ""


def _distinct(texts: Sequence[str], triples: Sequence[Codes]) -> dict[str, float]:
    numbers: dict[str, int] = {}
    words = [
        np.array([numbers.setdefault(word, len(numbers)) for word in _WORD.findall(text.lower())])
        for text in texts
    ]
    pairs = [each[:-1].astype(np.int64) << 32 | each[1:] for each in words if each.size]
    return {
        name: float(np.mean([np.unique(part).size / part.size for part in parts]))
        for name, parts in (
            ("distinct_1", _segments(words, _SEGMENT_WORDS)),
            ("distinct_2", _segments(pairs, _SEGMENT_WORDS)),
            ("distinct_char_3", _segments(triples, _SEGMENT_TRIPLES)),
        )
        if parts
    }


def _segments(codes: Sequence[NDArray[Any]], length: int) -> list[NDArray[Any]]:
    """All of them in a row, cut to this length; a shorter rest counts only where it is all."""
    row = np.concatenate(codes) if codes else np.array([])
    whole = row.size // length
    if whole:
        return np.split(row[: whole * length], whole)
    return [row] if row.size else []


def _likenesses(written: Sequence[Result], triples: Sequence[Codes]) -> dict[str, float]:
    """Among events for different scenarios, in one language."""
    total, pairs, alike = 0.0, 0, list[bool]()
    for likeness, comparable in _compared(written, triples):
        total += float(likeness[comparable].sum())
        pairs += int(comparable.sum())
        likest = np.where(comparable, likeness, 0.0).max(axis=1, initial=0.0)
        alike += (likest >= NEAR_DUPLICATE)[comparable.any(axis=1)].tolist()
    if not pairs:
        return {}
    return {"self_similarity": total / pairs, "near_duplicates": float(np.mean(alike))}


def _compared(
    written: Sequence[Result], triples: Sequence[Codes]
) -> Iterator[tuple[NDArray[Any], NDArray[np.bool_]]]:
    """By blocks of events: (block, all) likenesses, and which of those pairs are comparable."""
    if not written:
        return
    sets = [np.unique(each) for each in triples]
    sizes = np.array([each.size for each in sets])
    matrix = _incidence(sets)
    scenarios = np.unique([one.scenario for one in written], return_inverse=True)[1]
    locales = np.array([one.locale.value for one in written])
    for start in range(0, min(len(written), COMPARED), _BLOCK):
        rows = slice(start, min(start + _BLOCK, COMPARED))
        shared = (matrix[rows] @ matrix.T).toarray()
        likeness = shared / np.maximum(sizes[rows, None] + sizes - shared, 1)
        apart = scenarios[rows, None] != scenarios
        yield likeness, apart & (locales[rows, None] == locales)


def _incidence(sets: Sequence[Codes]) -> Any:
    """(events, triples): 1 where the event has the triple."""
    vocabulary, columns = np.unique(np.concatenate(sets), return_inverse=True)
    starts = np.cumsum([0, *(each.size for each in sets)])
    ones = np.ones(columns.size, np.float32)
    return csr_matrix((ones, columns, starts), (len(sets), vocabulary.size))
