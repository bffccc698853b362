"""Which rules were broken, and how often."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from evaluation.report.figures import violations
from evaluation.report.plots.style import figure, look, names
from evaluation.suite.result import Result

_MOST = 12
"""Rules drawn; the table lists all."""


def rules(arms: Mapping[str, Sequence[Result]]) -> Figure | None:
    """Bars of the share of trials, the rules broken most first; None where all were kept."""
    counts = [violations(results) for results in arms.values()]
    broken = {rule: sum(each.get(rule, 0) for each in counts) for each in counts for rule in each}
    drawn = sorted(broken, key=lambda rule: (-broken[rule], rule))[:_MOST]
    if not drawn:
        return None
    made, axes = figure(1.3 + len(drawn) * (0.2 + 0.18 * len(arms)))
    thickness = 0.8 / len(arms)
    for place, (name, results) in enumerate(zip(names(arms), arms.values(), strict=True)):
        shares = [100 * counts[place].get(rule, 0) / max(len(results), 1) for rule in drawn]
        at = np.arange(len(drawn)) + thickness * (place - (len(arms) - 1) / 2)
        bars = axes.barh(at, shares, thickness * 0.9, color=look(place)[0], label=name)
        axes.bar_label(bars, [f"{share:.1f}" for share in shares], padding=3, fontsize=9)
    axes.set_yticks(range(len(drawn)), [rule.removeprefix("violations.") for rule in drawn])
    axes.invert_yaxis()
    axes.margins(x=0.12)
    axes.set(xlabel="trials that broke the rule (%)", title="Rules broken")
    if len(arms) > 1:
        roomy = len(arms) < 4 and max(len(name) for name in names(arms)) < 14
        made.legend(loc="outside lower center", ncols=3 if roomy else 1)
    return made
