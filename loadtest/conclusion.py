"""What a run leaves behind: verdict and last line in the terminal, report, plots and raw figures."""

import json
from dataclasses import asdict
from math import isfinite
from pathlib import Path

from rich.console import Console
from rich.table import Table

from evaluation.report.plots import png
from loadtest import sent
from loadtest.plots import draw
from loadtest.run_record import FIGURES, RunRecord
from loadtest.run_report import markdown
from loadtest.verdict import Verdict


def conclude(record: RunRecord, folder: Path, console: Console) -> bool:
    """Writes the folder, prints the verdict, its last line on standard output; whether it passed."""
    verdict = record.verdict()
    folder.mkdir(parents=True, exist_ok=True)
    sent.write(record.requests, folder / "requests.csv")
    (folder / FIGURES).write_text(json.dumps(numbers(verdict), indent=1), "utf-8")
    plots = draw(record)
    for name, figure in plots.items():
        (folder / f"{name}.png").write_bytes(png(figure))
    (folder / "report.md").write_text(markdown(record, verdict, [*plots]), "utf-8")
    console.print(table(record, verdict))
    console.print(f"{spread(verdict)}\nreport: {folder / 'report.md'}", soft_wrap=True)
    print(last_line(record, verdict), flush=True)
    return verdict.passed


def table(record: RunRecord, verdict: Verdict) -> Table:
    """A row per objective."""
    title = f"{record.profile.name}, {verdict.rate:g} requests a second"
    shown = Table("objective", "measured", "bar", "", title=title, box=None)
    for row in verdict.rows:
        colour = {"met": "green", "missed": "red"}.get(row.word, "dim")
        each = row.objective
        shown.add_row(
            each.title,
            each.shown(row.value),
            f"{each.sense} {each.shown(each.bar)}",
            f"[{colour}]{row.word}[/]",
        )
    return shown


def spread(verdict: Verdict) -> str:
    """The key distribution that the hit rate was measured under."""
    keys = verdict.keys
    return (
        f"{verdict.figures.requests:,} requests over {keys.count} situations: the ten busiest have "
        f"{100 * keys.top_10:.0f} %, Gini {keys.gini:.2f}, "
        f"{100 * keys.rare:.0f} % of the situations were asked for once"
    )


def numbers(verdict: Verdict) -> dict[str, float]:
    """For machines; what is not finite is left out."""
    found = {
        "rate": verdict.rate,
        **asdict(verdict.figures),
        **{f"keys.{name}": value for name, value in asdict(verdict.keys).items()},
        "passed": float(verdict.passed),
    }
    return {name: float(value) for name, value in found.items() if isfinite(value)}


def last_line(record: RunRecord, verdict: Verdict) -> str:
    """All in `key=value`."""
    found = verdict.figures
    return (
        f"profile={record.profile.name} rate={verdict.rate:g} requests={found.requests} "
        f"mean_ms={found.mean_ms:.1f} p50_ms={found.p50_ms:.1f} p95_ms={found.p95_ms:.1f} "
        f"p99_ms={found.p99_ms:.1f} hit_rate={found.hit_rate:.3f} "
        f"llm_share={found.llm_share:.4f} static_share={found.static_share:.4f} "
        f"errors={found.errors} keys={verdict.keys.count} passed={str(verdict.passed).lower()}"
    )
