"""All plots there are of some arms' results."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from evaluation.report.plots.differences import differences
from evaluation.report.plots.latency import latency
from evaluation.report.plots.quality import dimensions, stages, totals
from evaluation.report.plots.rules import rules
from evaluation.report.plots.style import styled
from evaluation.statistics.bootstrap import Interval
from evaluation.suite.result import Result


def draw(
    arms: Mapping[str, Sequence[Result]],
    baseline: str | None = None,
    intervals: Mapping[str, Interval] | None = None,
) -> dict[str, Figure]:
    """Figures by name; one that there is nothing to show in is left out.

    `baseline` is the first arm by default; `intervals`, by arm, are of its difference to it.
    """
    filled = {arm: results for arm, results in arms.items() if results}
    if not filled:
        return {}
    reference = baseline if baseline in filled else next(iter(filled))
    with styled():
        drawn = {
            "quality": totals(filled),
            "differences": differences(filled, reference, intervals or {}),
            "dimensions": dimensions(filled),
            "stages": stages(filled),
            "latency": latency(filled),
            "violations": rules(filled),
        }
        return {name: _settled(figure) for name, figure in drawn.items() if figure is not None}


def _settled(figure: Figure) -> Figure:
    """Laid out once: done again for every file, each would come out a little different."""
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    return figure
