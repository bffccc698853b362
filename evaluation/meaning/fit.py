"""Fits the columns of the learnt table: logistic regressions and a latent space, over pieces."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.utils.extmath import randomized_svd

from serve.domain.event import GameEvent
from serve.domain.state import Locale
from serve.quality.meaning.heads import LATENT, SEVERITIES, SIGNS, TYPES, WIDTHS, Floats, Heads
from serve.quality.meaning.pieces import BITS, places

_ANSWERS = 0.6
"""Weight of the answers beside the situation: of 0, 0.3, 0.6 and 1 the best for both languages."""
_INVERSE_PENALTY = 10.0
_RIDGE = 3.0
"""Occurrences added to every piece before whitening, so that rare ones decide nothing."""


def fit(events: Sequence[GameEvent], locale: Locale) -> Heads:
    """Heads without questions."""
    choices = [choice for event in events for choice in event.choices]
    situation = _presence([f"{event.title} {event.description}" for event in events], locale)
    answers = _presence(
        [" ".join(f"{c.text} {c.result_text}" for c in event.choices) for event in events], locale
    )
    text = _presence([choice.text for choice in choices], locale)
    result = _presence([choice.result_text for choice in choices], locale)
    rarity = _rarity(sp.vstack([situation, text, result]))
    situation, answers, text, result = (
        _weighted(matrix, rarity) for matrix in (situation, answers, text, result)
    )
    columns, biases = dict[str, Floats](), dict[str, Floats]()
    whole = sp.hstack([situation, _ANSWERS * answers]).tocsr()
    for head, labels in (
        ("type", [TYPES.index(event.event_type) for event in events]),
        ("severity", [SEVERITIES.index(event.severity) for event in events]),
    ):
        weights, bias = _classified(whole, labels, range(WIDTHS[f"{head}_situation"]))
        columns[f"{head}_situation"], biases[f"{head}_situation"] = weights[: 1 << BITS], bias
        columns[f"{head}_answers"] = _ANSWERS * weights[1 << BITS :]
        biases[f"{head}_answers"] = np.zeros_like(bias)
    effects = np.sign([choice.effects.resources for choice in choices])
    for head, vectors in (("signs_text", text), ("signs_result", result)):
        learnt = [_classified(vectors, signs.tolist(), SIGNS) for signs in effects.T]
        columns[head] = np.hstack([weights for weights, _ in learnt])
        biases[head] = np.concatenate([bias for _, bias in learnt])
    columns["latent_text"], columns["latent_result"] = _latent(text, result)
    for head in ("latent_text", "latent_result"):
        biases[head] = np.zeros(LATENT, np.float32)
    table = np.hstack([columns[head] for head in WIDTHS]).astype(np.float32)
    return Heads(rarity, table, biases, questions={})


def _presence(texts: Sequence[str], locale: Locale) -> Any:
    rows = [places(text, locale) for text in texts]
    ends = np.cumsum([0, *map(len, rows)])
    ones = np.ones(ends[-1], np.float32)
    return sp.csr_matrix((ones, np.concatenate(rows), ends), shape=(len(rows), 1 << BITS))


def _rarity(presence: Any) -> Floats:
    seen = np.asarray(presence.sum(0)).ravel()
    return (np.log((1 + presence.shape[0]) / (1 + seen)) + 1).astype(np.float32)


def _weighted(presence: Any, rarity: Floats) -> Any:
    """Unit rows, as `serve.quality.meaning.evidence` makes them."""
    rows = presence.multiply(rarity).tocsr()
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(1)).ravel())
    return (sp.diags(1 / np.maximum(lengths, 1e-6)) @ rows).tocsr()


def _classified(
    vectors: Any, labels: Sequence[int], classes: Sequence[int]
) -> tuple[Floats, Floats]:
    """([places, classes], [classes]) of a multinomial logistic regression."""
    model = LogisticRegression(C=_INVERSE_PENALTY, max_iter=300).fit(vectors, labels)
    weights = np.zeros((vectors.shape[1], len(classes)), np.float32)
    bias = np.full(len(classes), -10, np.float32)
    for row, label in enumerate(model.classes_):
        weights[:, classes.index(label)] = model.coef_[row]
        bias[classes.index(label)] = model.intercept_[row]
    return weights, bias


def _latent(text: Any, result: Any) -> tuple[Floats, Floats]:
    """Projections under which a choice and its own result lie together.

    Canonical correlation with diagonal whitening: a truncated singular value decomposition of the
    cross-covariance (Witten, Tibshirani and Hastie 2009, without their sparsity).
    """
    whitening = [
        1 / np.sqrt(np.asarray(one.multiply(one).sum(0)).ravel() + _RIDGE) for one in (text, result)
    ]
    covariance = sp.diags(whitening[0]) @ (text.T @ result) @ sp.diags(whitening[1])
    left, strength, right = randomized_svd(covariance, LATENT, random_state=0)
    projections: tuple[NDArray[Any], ...] = (
        left * np.sqrt(strength) * whitening[0][:, None],
        right.T * np.sqrt(strength) * whitening[1][:, None],
    )
    return projections[0].astype(np.float32), projections[1].astype(np.float32)
