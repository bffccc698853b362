"""Learns the heads of `serve/quality/meaning/`: `python -m evaluation.meaning` (`make meaning`).

Reads only the tuning half of the corpus and the static pool. Prints, per question, how well it
tells its defects from good events that were not learnt from.
"""

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

import serve.quality.meaning as package
from evaluation.instrument.pools import static_pool
from evaluation.meaning.fit import fit
from evaluation.meaning.lessons import DEFECTS, lessons, mutants
from evaluation.meaning.questions import FOLDS, Judged, Learnt, fold, learn
from evaluation.mutations import Shelf, Specimen
from evaluation.split import Side
from serve.domain.balance import BalancePolicy
from serve.domain.state import Locale
from serve.quality.meaning.evidence import evidence
from serve.quality.meaning.heads import Heads, packed
from serve.settings import Settings


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m evaluation.meaning", description=__doc__)
    parser.add_argument(
        "--wordings", type=int, default=4, help="told anew this often (%(default)s)"
    )
    parser.add_argument("--out", type=Path, default=Path(package.__file__).parent, metavar="DIR")
    arguments = parser.parse_args()
    policy = BalancePolicy.parse(Settings.from_environ().table("balance.yaml"))
    static = frozenset(one.id for one in static_pool(policy, Side.TUNING))
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("learning", total=len(Locale) * (FOLDS + 1))
        judged, complete = dict[Locale, list[Judged]](), dict[Locale, Heads]()
        sources = dict[Locale, list[str]]()
        for locale in Locale:
            good = list(lessons(locale, policy, arguments.wordings))
            judged[locale] = []
            for place in range(FOLDS):
                judged[locale] += _out_of_fold(good, static, place, Shelf(good, policy), locale)
                progress.advance(task)
            complete[locale] = _fitted(good, static, locale)
            sources[locale] = sorted({one.id for one in good})
            progress.advance(task)
    learnt = {name: learn(name, judged) for name in DEFECTS}
    for locale, heads in complete.items():
        questions = {name: one[locale].question for name, one in learnt.items()}
        stored = packed(replace(heads, questions=questions))
        stored["learnt_from"] = np.array(sources[locale])  # for whoever asks, and the tests do
        np.savez_compressed(arguments.out / f"{locale.value}.npz", allow_pickle=False, **stored)
    Console().print(_table(learnt))


def _out_of_fold(
    good: list[Specimen], static: frozenset[str], place: int, shelf: Shelf, locale: Locale
) -> Iterator[Judged]:
    """Events and mutants of one fold, judged by heads that never read their drafts."""
    kept = [one for one in good if fold(one.id) == place]
    heads = _fitted([one for one in good if fold(one.id) != place], static, locale)
    for one in kept:
        yield Judged(one.id, "", evidence(one.event, locale, heads), (), one.id in static)
    for one, kind, event, changed in mutants(kept, shelf, seed=1):
        yield Judged(one.id, kind, evidence(event, locale, heads), changed, one.id in static)


def _fitted(good: list[Specimen], static: frozenset[str], locale: Locale) -> Heads:
    """From the corpus alone: the static pool stands for writers the heads have not read."""
    return fit([one.event for one in good if one.id not in static], locale)


def _table(learnt: Mapping[str, Mapping[Locale, Learnt]]) -> Table:
    table = Table("question", *(f"{locale.value}: AUC, found surely" for locale in Locale))
    for name, ones in learnt.items():
        table.add_row(name, *(f"{one.auc:.3f} {one.found:.2f}" for one in ones.values()))
    return table


if __name__ == "__main__":
    main()
