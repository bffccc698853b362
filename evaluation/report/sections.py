"""The page's tables, worked out: every cell a text, a column an arm."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from evaluation.report.catalogue import SECTIONS, Described, Section, Unit, shown
from evaluation.report.figures import SERVED, violations
from evaluation.report.words import OUTCOMES, STAGES, Said
from evaluation.suite.result import Outcome, Result
from serve.domain.state import Stage

Arms = Mapping[str, Sequence[Result]]
_MOST_ERRORS = 30
_LONGEST_ERROR = 300
_NONE = "–"


class Cell(NamedTuple):
    text: str
    best: bool = False
    """Of its row, where one is better than the others."""


class Row(NamedTuple):
    name: Said
    cells: list[Cell]
    hint: str = ""
    """The name under which it is found elsewhere."""


class Rows(NamedTuple):
    """Rows that are read together."""

    name: Said
    rows: list[Row]


def figure_rows(
    figures: Mapping[str, Mapping[str, float]], arms: Sequence[str], currency: str
) -> list[Rows]:
    """Every figure some arm has, by section; costs are in `currency`."""
    sections = [
        Rows(Said(section.ko, section.en), list(_figures_of(section, figures, arms, currency)))
        for section in SECTIONS
    ]
    return [section for section in sections if section.rows]


def _figures_of(
    section: Section,
    figures: Mapping[str, Mapping[str, float]],
    arms: Sequence[str],
    currency: str,
) -> Iterator[Row]:
    for one in section.figures:
        values = [figures.get(arm, {}).get(one.name) for arm in arms]
        if any(value is not None for value in values):
            unit = f" ({currency})" if one.unit is Unit.MONEY and currency else ""
            yield Row(Said(one.ko + unit, one.en), _cells(one, values), one.name)


def _cells(figure: Described, values: Sequence[float | None]) -> list[Cell]:
    texts = [_NONE if value is None else shown(figure, value) for value in values]
    known = [value * figure.better for value in values if value is not None]
    if not figure.better or len({*texts} - {_NONE}) < 2:
        return [Cell(text) for text in texts]
    best = shown(figure, max(known) * figure.better)
    return [Cell(text, text == best) for text in texts]


def stage_rows(arms: Arms) -> list[Row]:
    """Mean points, trials and share served of every stage that was asked about."""
    rows: list[Row] = []
    for stage in Stage:
        asked = [[one for one in each if one.game_state.stage is stage] for each in arms.values()]
        if any(asked):
            rows.append(Row(STAGES[stage], [Cell(_of_stage(each)) for each in asked]))
    return rows


def _of_stage(results: Sequence[Result]) -> str:
    if not results:
        return _NONE
    points = float(np.mean([one.points for one in results]))
    served = sum(one.outcome in SERVED for one in results) / len(results)
    return f"{points:.1f} · {served:.0%} · {len(results):,}"


def violation_rows(arms: Arms) -> list[Row]:
    """Trials that broke a rule, the rules broken most first."""
    counts = [Counter(violations(results)) for results in arms.values()]
    total = sum(counts, Counter[str]())
    return [
        Row(
            Said(name.removeprefix("violations."), ""),
            [
                Cell(_of_all(count[name], results))
                for count, results in zip(counts, arms.values(), strict=True)
            ],
        )
        for name, _ in total.most_common()
    ]


def _of_all(count: float, results: Sequence[Result]) -> str:
    return f"{count:,.0f} ({count / len(results):.1%})" if results and count else _NONE


class Failures(NamedTuple):
    """Why there is no event, by error."""

    rows: list[Row]
    others: int
    """Trials with errors too rare to be listed."""


def failures(arms: Arms) -> Failures:
    """Trials without an event, by outcome and error."""
    counts = [
        Counter((one.outcome, one.error[:_LONGEST_ERROR]) for one in results if one.event is None)
        for results in arms.values()
    ]
    total = sum(counts, Counter[tuple[Outcome, str]]())
    listed = total.most_common(_MOST_ERRORS)
    rows = [
        Row(
            OUTCOMES[outcome],
            [Cell(f"{count[outcome, error]:,}") for count in counts],
            error,
        )
        for (outcome, error), _ in listed
    ]
    return Failures(rows, total.total() - sum(count for _, count in listed))
