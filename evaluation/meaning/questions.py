"""Turns evidence into questions: one logistic regression each, and how sure it has to be.

Evidence is taken out of fold: heads fitted on four fifths of the drafts judge the last fifth, with
all its wordings and mutants. On what they were fitted on, heads are always sure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from evaluation.meaning.lessons import DEFECTS
from serve.domain.state import Locale
from serve.quality.meaning.evidence import OF_CHOICE, OF_EVENT, Evidence
from serve.quality.meaning.heads import Floats, Question

FOLDS = 5
_DOUBTFUL, _SURE = (0.02, 0.05), (0.0025, 0.01)
"""Shares of good events that may lose points to one question, and their acceptance: of the corpus,
whose drafts resemble each other, and of the static pool, which no head has read and which has too
few events for each language to count by itself."""
_EXTREMES = 8
"""Largest log-odds a tail is told from."""
_EVIDENCE = {
    "type": ("type",),
    "severity": ("severity", "type"),
    "description": ("answered", "titled", "headed", "shared", "long", "type"),
    "words": ("unseen",),
}
"""What is asked of the whole event; the other questions use all there is of a choice."""


class Judged(NamedTuple):
    """An event's evidence, and what it is: a good event's `kind` is empty."""

    id: str
    kind: str
    seen: Evidence
    changed: tuple[int, ...]
    static: bool


class _Asked(NamedTuple):
    """A question without thresholds, and the log-odds it gave, out of fold."""

    question: Question
    corpus: Floats
    static: Floats
    broken: Floats


class Learnt(NamedTuple):
    question: Question
    auc: float
    found: float
    """Share of the defects beyond `sure`, out of fold."""


def fold(draft_id: str) -> int:
    """Where a draft is judged, with all its wordings."""
    return blake2b(f"fold/{draft_id}".encode(), digest_size=1).digest()[0] % FOLDS


def learn(name: str, judged: Mapping[Locale, Sequence[Judged]]) -> dict[Locale, Learnt]:
    """The question in every language. Raises ValueError for an unknown question."""
    if name not in DEFECTS:
        raise ValueError(f"no question is called {name!r}; there are {', '.join(DEFECTS)}")
    asked = {locale: _asked(name, seen) for locale, seen in judged.items()}
    static = np.concatenate([one.static for one in asked.values()])
    return {locale: _learnt(one, static) for locale, one in asked.items()}


def _asked(name: str, judged: Sequence[Judged]) -> _Asked:
    good = [one for one in judged if not one.kind]
    bad = [one for one in judged if one.kind in DEFECTS[name]]
    used = _EVIDENCE.get(name, OF_CHOICE)
    rows, labels, owners = _rows(good, bad, name, used)
    groups = [(*good, *bad)[owner].id for owner in owners]
    model = _model()
    odds = cross_val_predict(
        model, rows, labels, groups=groups, cv=GroupKFold(FOLDS), method="decision_function"
    )
    worst = np.full(len(good) + len(bad), -np.inf, np.float32)
    np.maximum.at(worst, np.array(owners), np.asarray(odds))
    fine, static = worst[: len(good)], np.array([one.static for one in good])
    question = _question(model.fit(rows, labels), used)
    return _Asked(question, fine[~static], fine[static], worst[len(good) :])


def _learnt(asked: _Asked, static: Floats) -> Learnt:
    doubtful, sure = (
        max(
            exceeded(pool, share)
            for pool, share in zip((asked.corpus, static), shares, strict=True)
        )
        for shares in (_DOUBTFUL, _SURE)
    )
    fine = np.concatenate([asked.corpus, asked.static])
    wins = np.searchsorted(np.sort(fine), asked.broken, "left") / len(fine)
    question = replace(asked.question, doubtful=doubtful, sure=sure)
    return Learnt(question, float(wins.mean()), float((asked.broken > sure).mean()))


def exceeded(log_odds: Floats, share: float) -> float:
    """What `share` of such values exceed. Beyond the few largest the tail is taken as exponential
    (Weissman 1978): the maximum of forty values is exceeded by one in forty, not by none."""
    tail = len(log_odds) * share / _EXTREMES
    if tail >= 1:
        return float(np.quantile(log_odds, 1 - share))
    start, *extremes = np.sort(log_odds)[-_EXTREMES - 1 :]
    return float(start - np.mean(extremes - start) * np.log(tail))


def _model() -> Pipeline:
    return make_pipeline(
        StandardScaler(), LogisticRegression(class_weight="balanced", max_iter=500)
    )


def _rows(
    good: Sequence[Judged], bad: Sequence[Judged], name: str, used: tuple[str, ...]
) -> tuple[Floats, list[int], list[int]]:
    """(evidence, whether it is the defect's, whose it is), one row an event or changed choice."""
    rows, labels, owners = list[Floats](), list[int](), list[int]()
    for owner, judged in enumerate((*good, *bad)):
        if name in _EVIDENCE:
            picked = [judged.seen.event[[OF_EVENT.index(one) for one in used]]]
        elif judged.kind:
            picked = [judged.seen.choices[at] for at in judged.changed]
        else:
            picked = list(judged.seen.choices)
        rows += picked
        labels += [int(bool(judged.kind))] * len(picked)
        owners += [owner] * len(picked)
    return np.array(rows, np.float32), labels, owners


def _question(model: Pipeline, used: tuple[str, ...]) -> Question:
    scaler, regression = model.named_steps.values()
    coefficients = regression.coef_[0] / scaler.scale_
    intercept = float(regression.intercept_[0] - (coefficients * scaler.mean_).sum())
    return Question(used, coefficients.astype(np.float32), intercept, 0, 0)
