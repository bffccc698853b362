"""The report of a run: one page that needs nothing but itself, and plots and table beside it."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from matplotlib.figure import Figure

from evaluation.report import words
from evaluation.report.events import browsed
from evaluation.report.plots import draw, inline, png, svg
from evaluation.report.plots.style import short
from evaluation.report.sections import failures, figure_rows, stage_rows, violation_rows
from evaluation.report.table import write_csv
from evaluation.report.words import Said
from evaluation.statistics.bootstrap import Interval
from evaluation.suite.result import Result

PAGE, TABLE, PLOTS = "report.html", "events.csv", "plots"


def write_report(
    folder: Path,
    title: str,
    arms: Mapping[str, Sequence[Result]],
    figures: Mapping[str, Mapping[str, float]],
    verdicts: Sequence[Said],
    context: Mapping[str, str],
    *,
    baseline: str | None = None,
    intervals: Mapping[str, Interval] | None = None,
    currency: str = "",
) -> Path:
    """Writes `report.html`, `events.csv` and `plots/*.{svg,png}`; returns the page's path.

    `arms` and `figures` are by arm, `baseline` is the first arm by default, `intervals` are of the
    difference in points to it, `currency` is that of the prices; `context` is told as it is.
    The same arguments give the same bytes. Raises OSError.
    """
    plots = draw(arms, baseline, intervals)
    _write_plots(plots, folder / PLOTS)
    write_csv([one for results in arms.values() for one in results], folder / TABLE)
    page = folder / PAGE
    page.write_text(render(title, arms, figures, verdicts, context, plots, currency), "utf-8")
    return page


def render(
    title: str,
    arms: Mapping[str, Sequence[Result]],
    figures: Mapping[str, Mapping[str, float]],
    verdicts: Sequence[Said],
    context: Mapping[str, str],
    plots: Mapping[str, Figure],
    currency: str = "",
) -> str:
    """The page."""
    script = _asset("report.js")
    environment = Environment(
        loader=PackageLoader("evaluation", "report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2").render(
        title=title,
        verdicts=verdicts,
        arms=list(arms),
        names=short(arms),
        trials=sum(len(results) for results in arms.values()),
        figures=figure_rows(figures, list(arms), currency),
        stages=stage_rows(arms),
        violations=violation_rows(arms),
        failures=failures(arms),
        events=browsed(arms),
        plots=[(name, _inlined(name, plot), words.PLOTS[name]) for name, plot in plots.items()],
        context=context,
        words=words,
        table=TABLE,
        style=Markup(_asset("report.css")),  # noqa: S704  (our own file)
        script=Markup(script),  # noqa: S704  (our own file)
        digest=b64encode(sha256(script.encode()).digest()).decode(),
    )


def _write_plots(plots: Mapping[str, Figure], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, plot in plots.items():
        (folder / f"{name}.svg").write_bytes(svg(plot))
        (folder / f"{name}.png").write_bytes(png(plot))


def _inlined(name: str, plot: Figure) -> Markup:
    # matplotlib escapes the texts it draws.
    return Markup(inline(plot, name, str(escape(words.PLOTS[name].en))))  # noqa: S704


def _asset(name: str) -> str:
    return files("evaluation.report").joinpath(name).read_text("utf-8")
