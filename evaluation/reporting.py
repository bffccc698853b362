"""A suite's findings for people: the page and the tables in its folder, and the terminal's table."""

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evaluation.findings import Findings
from evaluation.report.html import write_report
from evaluation.report.plots.style import short
from evaluation.report.words import Said
from evaluation.suite.execution import Execution
from evaluation.suite.plan import Suite

_COLUMNS = {
    "품질\nquality": ("quality.total.mean", "{:.1f}"),
    "합격\naccepted": ("share.accept", "{:.0%}"),
    "내보냄\nserved": ("share.served", "{:.0%}"),
    "실패\nfailed": ("share.failed", "{:.0%}"),
    "\np50 s": ("latency.p50_s", "{:.2f}"),
    "\np95 s": ("latency.p95_s", "{:.2f}"),
    "첫 토큰\nTTFT s": ("first_token.p50_s", "{:.3f}"),
    "출력\ntokens": ("tokens.output_per_event", "{:.0f}"),
}


def write(suite: Suite, execution: Execution, findings: Findings) -> Path:
    """The page `report.html`; plots and the table of all events lie beside it. Raises OSError."""
    execution.report.mkdir(parents=True, exist_ok=True)
    plan = {
        "suite": suite.config.name,
        "dataset": f"{suite.dataset.name} ({len(suite.dataset.scenarios)} scenarios)",
        "baseline": suite.baseline.name,
        "repeats": str(suite.config.repeats),
        "seed": str(suite.config.seed),
    }
    return write_report(
        execution.report,
        execution.id,
        findings.arms,
        findings.figures,
        [Said(*sentence) for sentence in findings.verdicts.values()],
        plan | dict(execution.facts),
        baseline=suite.baseline.name,
        intervals={name: one.points for name, one in findings.comparisons.items()},
        currency=_currency(suite),
    )


def _currency(suite: Suite) -> str:
    """Of the suite's prices; nothing where there are none, or several that cannot stand in a table."""
    prices = (target.prices for target in suite.config.models.values())
    currencies = {price.currency for price in prices if price}
    return currencies.pop() if len(currencies) == 1 else ""


def print_arms(console: Console, findings: Findings) -> None:
    """A row an arm; what a target does not tell stays empty."""
    table = Table("\narm", "\nn")
    for heading in _COLUMNS:
        table.add_column(heading, justify="right")
    for name, figures in zip(short(list(findings.arms)), findings.figures.values(), strict=True):
        cells = [
            form.format(figures[figure]) if figure in figures else ""
            for figure, form in _COLUMNS.values()
        ]
        table.add_row(escape(name), f"{figures['n']:.0f}", *cells)
    console.print(table)
