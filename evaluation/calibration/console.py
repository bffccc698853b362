"""A calibration on the terminal: progress, tables with verdicts, or JSON."""

import json
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from evaluation.calibration.claim import more_items, shortcomings
from evaluation.calibration.comparison import Comparison, compare, raters
from evaluation.calibration.words import figure, title, verdict
from evaluation.reviews import COLUMNS, Reviewed, count_reviewers, count_reviews


def compared(reviewed: tuple[Reviewed, ...], resamples: int, seed: int) -> list[Comparison]:
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("bootstrap", total=len(raters(reviewed)) * len(COLUMNS))
        drawn = compare(
            reviewed, resamples=resamples, seed=seed, done=lambda: progress.advance(task)
        )
        return list(drawn)


def print_tables(
    reviewed: tuple[Reviewed, ...], comparisons: list[Comparison], changed: int
) -> None:
    """`changed`: reviews left out because they were changed with the score in sight."""
    console = Console()
    console.print(
        f"항목 items: {len(reviewed)} · 검토 reviews: {count_reviews(reviewed)}"
        f" · 검토자 reviewers: {count_reviewers(reviewed)}"
    )
    if changed:
        console.print(
            f"점수를 본 뒤 고친 검토 {changed}건은 뺐습니다."
            f" · left out, changed after the score was told: {changed}"
        )
    for comparison in comparisons:
        console.print(_table(comparison))
        for line in verdict(comparison):
            console.print(line)


def _table(comparison: Comparison) -> Table:
    table = Table(title=title(comparison), title_justify="left")
    for heading in ("", "n", "weighted kappa", "Spearman", "bias (points)", "more for ±0.1"):
        table.add_column(heading)
    for row in comparison.rows:
        more = more_items(row)
        table.add_row(
            row.column,
            str(row.kappa.items),
            *(figure(value) for value in (row.kappa, row.spearman, row.bias)),
            "?" if more is None else str(more),
        )
    return table


def print_json(reviewed: tuple[Reviewed, ...], comparisons: list[Comparison], changed: int) -> None:
    document = {
        "items": len(reviewed),
        "reviews": count_reviews(reviewed),
        "reviewers": count_reviewers(reviewed),
        "changedAfterScore": changed,
        "comparisons": [
            {
                "rater": comparison.rater,
                "rows": [asdict(row) for row in comparison.rows],
                "moreItems": more_items(comparison.total),
            }
            | (_claim(comparison) if comparison.rater != "reviewers" else {})
            for comparison in comparisons
        ],
    }
    print(json.dumps(document, ensure_ascii=False))


def _claim(comparison: Comparison) -> dict[str, Any]:
    return {
        "calibrated": comparison.calibrated,
        "missing": [en for _, en in shortcomings(comparison.total)],
        "corrections": comparison.corrections,
    }
