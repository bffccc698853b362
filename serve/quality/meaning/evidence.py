"""What an event's texts say about each other, its type, its severity and its effects, in numbers."""

from typing import NamedTuple

import numpy as np

from serve.domain.event import GameEvent
from serve.domain.state import Locale
from serve.quality.meaning.heads import SEVERITIES, SIGNS, TYPES, Floats, Heads
from serve.quality.meaning.pieces import Places, pieces

OF_EVENT = ("answered", "titled", "headed", "shared", "long", "type", "severity", "unseen")
"""Likeness of description and answers, title and answers, title and description; logarithms of what
description and answers share that is rare, and of the description's size; log-odds of the event's
type against the likeliest other and of its severity against the opposite; the largest share of
pieces a text has that no known text has."""
OF_CHOICE = (
    "follows", "kin", "follows_other", "kin_other", "text_here", "result_here", "text_twice",
    "result_twice", "result_follows_other", "text_leads_other", "text_signs", "result_signs",
    "text_signs_other", "result_signs_other", "text_opposite", "result_opposite",
)  # fmt: skip
"""Likeness of text and result in wording and in learnt meaning, and what exchanging them with
another choice would gain; likeness to the situation; to other choices; log-likelihood of the
effects' signs given text and result, what exchanging would gain, and the log-odds of the resource
that most likely went the other way."""
_COMMON = 3.0
"""Rarity up to which sharing a piece means nothing."""
_SHORT = 10.0
"""Pieces under which a text's share of unseen ones is not taken at its word."""
_NEVER = np.float32(-5.0)
"""Log-odds of the opposite where no effect has a sign."""


class Evidence(NamedTuple):
    event: Floats
    """[OF_EVENT]"""
    choices: Floats
    """[choices, OF_CHOICE]"""


class _Extent(NamedTuple):
    """Sums that likenesses, being ratios, do not tell."""

    shared: np.float32
    long: np.float32
    unseen: np.float32


class _Views(NamedTuple):
    """Row indices of the vectors of an event."""

    texts: slice
    results: slice
    situation: int
    answers: int


def evidence(event: GameEvent, locale: Locale, heads: Heads) -> Evidence:
    count = len(event.choices)
    texts = [event.title, event.description]
    texts += [choice.text for choice in event.choices]
    texts += [choice.result_text for choice in event.choices]
    at = _Views(slice(2, 2 + count), slice(2 + count, 2 + 2 * count), 2 + 2 * count, 3 + 2 * count)
    known, vectors, extent = _vectors([pieces(text, locale) for text in texts], heads)
    likeness = vectors @ vectors.T
    projected = vectors @ heads.table[known]
    return Evidence(
        _of_event(event, at, likeness, projected, heads, extent),
        _of_choices(event, at, likeness, projected, heads),
    )


def _vectors(texts: list[Places], heads: Heads) -> tuple[Places, Floats, _Extent]:
    """(pieces of the event, unit rows over them, how much there is).

    One row a text, then the situation (title and description) and the answers (all the others).
    """
    known, columns = np.unique(np.concatenate(texts), return_inverse=True)
    rarity = heads.rarity[known]
    rows = np.zeros((len(texts) + 2, len(known)), np.float32)
    rows[np.repeat(np.arange(len(texts)), [len(text) for text in texts]), columns] = 1
    rows[-2], rows[-1] = rows[:2].max(0), rows[2:-2].max(0)
    extent = _extent(rows, rarity, heads.rarity.max())
    rows *= rarity
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    return known, rows, extent


def _extent(rows: Floats, rarity: Floats, unknown: np.float32) -> _Extent:
    sizes = rows[:-2].sum(1)
    unseen = rows[:-2] @ (rarity >= unknown).astype(np.float32) / np.maximum(sizes, _SHORT)
    shared = rows[1] * rows[-1] @ np.maximum(rarity - _COMMON, 0) ** 2
    return _Extent(np.log1p(shared), np.log(sizes[1]), unseen.max())


def _of_event(
    event: GameEvent,
    at: _Views,
    likeness: Floats,
    projected: Floats,
    heads: Heads,
    extent: _Extent,
) -> Floats:
    kinds = _log_odds(heads, projected, at, "type")
    degrees = _log_odds(heads, projected, at, "severity")
    own = TYPES.index(event.event_type)
    grave = np.logaddexp(degrees[0], degrees[1]) - np.logaddexp(degrees[3], degrees[4])
    sides = np.array([1, 1, 0, -1, -1], np.float32)  # of CRITICAL, HIGH, MEDIUM, LOW, POSITIVE
    return np.array(
        [
            likeness[1, at.answers],
            likeness[0, at.answers],
            likeness[0, 1],
            extent.shared,
            extent.long,
            kinds[own] - np.delete(kinds, own).max(),
            grave * sides[SEVERITIES.index(event.severity)],
            extent.unseen,
        ],
        np.float32,
    )


def _log_odds(heads: Heads, projected: Floats, at: _Views, head: str) -> Floats:
    """Log-probabilities of the classes, from situation and answers together."""
    summed = heads.columns(projected[at.situation], f"{head}_situation")
    return _log_softmax(summed + heads.columns(projected[at.answers], f"{head}_answers"))


def _of_choices(
    event: GameEvent, at: _Views, likeness: Floats, projected: Floats, heads: Heads
) -> Floats:
    follows = likeness[at.texts, at.results]
    kin = (
        _unit(heads.columns(projected[at.texts], "latent_text"))
        @ _unit(heads.columns(projected[at.results], "latent_result")).T
    )
    effects = np.sign([choice.effects.resources for choice in event.choices]).astype(np.int64)
    text, result = (
        _log_softmax(heads.columns(projected[rows], head).reshape(-1, 3, len(SIGNS)))
        for rows, head in ((at.texts, "signs_text"), (at.results, "signs_result"))
    )
    text_fits, result_fits = _fits(text, effects), _fits(result, effects)
    return np.stack(
        [
            np.diag(follows),
            np.diag(kin),
            _exchanged(follows),
            _exchanged(kin),
            likeness[at.texts, at.situation],
            likeness[at.results, at.situation],
            _largest_other(likeness[at.texts, at.texts]),
            _largest_other(likeness[at.results, at.results]),
            _largest_other(follows.T),
            _largest_other(follows),
            np.diag(text_fits),
            np.diag(result_fits),
            _exchanged(text_fits),
            _exchanged(result_fits),
            _opposite(text, effects),
            _opposite(result, effects),
        ],
        axis=1,
    ).astype(np.float32)


def _fits(signs: Floats, effects: Places) -> Floats:
    """[texts, choices]: log-likelihood of a choice's signs given a text, zeros not counted."""
    moved = effects != 0
    return np.array(
        [
            [
                said[range(3), effect + 1][moves].sum()
                for effect, moves in zip(effects, moved, strict=True)
            ]
            for said in signs
        ],
        np.float32,
    )


def _opposite(signs: Floats, effects: Places) -> Floats:
    odds = [
        (said[range(3), 1 - effect] - said[range(3), 1 + effect])[effect != 0]
        for said, effect in zip(signs, effects, strict=True)
    ]
    return np.array([own.max(initial=_NEVER) for own in odds], np.float32)


def _exchanged(fit: Floats) -> Floats:
    """The most a choice and another would gain from exchanging what `fit` pairs."""
    own = np.diag(fit)
    return _largest_other(fit + fit.T - own[:, None] - own[None])


def _largest_other(square: Floats) -> Floats:
    """Per row, the largest value beside the diagonal; 0 for a single choice."""
    if len(square) < 2:
        return np.zeros(len(square), np.float32)
    return np.where(np.eye(len(square), dtype=bool), -np.inf, square).max(1)


def _unit(rows: Floats) -> Floats:
    return rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-6)


def _log_softmax(logits: Floats) -> Floats:
    shifted = logits - logits.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
