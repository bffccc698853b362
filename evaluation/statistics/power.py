"""What a suite can find: `python -m evaluation.statistics.power --sd 12 --scenarios 20`.

Power of the paired t test by the noncentral t distribution (Cohen, Statistical Power Analysis for
the Behavioral Sciences, 1988, chapter 2), two-sided. `sd` is always that of the scenarios'
differences, in the unit of the difference. Never of the difference that was found: such "observed
power" says nothing that p does not (Hoenig and Heisey, The American Statistician 55, 2001).
"""

import argparse
from math import inf, sqrt
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy.optimize import brentq
from scipy.special import nctdtr, stdtrit

POWER = 0.8
ALPHA = 0.05
_MOST = 10**7
"""Scenarios beyond which nobody plans."""


def power(difference: float, sd: float, scenarios: int, alpha: float = ALPHA) -> float:
    """Probability that a true difference of this size is found, 0..1."""
    if sd <= 0:
        return 1.0 if difference else 0.0
    freedom, shift = scenarios - 1, abs(difference) / sd * sqrt(scenarios)
    limit = float(stdtrit(freedom, 1 - alpha / 2))
    below = float(nctdtr(freedom, shift, limit) - nctdtr(freedom, shift, -limit))
    # The distribution gives up far from its bulk, where nothing is missed any more.
    return 1.0 if np.isnan(below) else 1 - below


def detectable(
    sd: float, scenarios: int, wanted: float = POWER, alpha: float = ALPHA
) -> float | None:
    """The smallest true difference found with this probability; None where sd is not known."""
    if sd <= 0 or scenarios < 2:
        return None
    high = sd
    while power(high, sd, scenarios, alpha) < wanted:
        high *= 2
    found: Any = brentq(lambda size: power(size, sd, scenarios, alpha) - wanted, 0.0, high)
    return float(found)


def scenarios_needed(
    difference: float, sd: float, wanted: float = POWER, alpha: float = ALPHA
) -> int | None:
    """The fewest scenarios that find such a difference with this probability; None beyond 10^7."""
    if sd <= 0 or power(difference, sd, _MOST, alpha) < wanted:
        return None
    low, high = 1, 2
    while power(difference, sd, high, alpha) < wanted:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (
            (low, middle) if power(difference, sd, middle, alpha) >= wanted else (middle, high)
        )
    return high


def half_width(sd: float, scenarios: int) -> float:
    """Half of the 95 % interval that so many scenarios give, by Student's t."""
    return float(stdtrit(scenarios - 1, 1 - ALPHA / 2)) * sd / sqrt(scenarios)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m evaluation.statistics.power",
        description="What differences of points so many scenarios can show.",
    )
    parser.add_argument("--sd", type=_positive, required=True, help="of scenarios' differences")
    parser.add_argument("--scenarios", type=_scenarios, nargs="+", default=[20, 50, 120])
    parser.add_argument("--difference", type=_positive, nargs="+", default=[2.0, 4.0, 8.0])
    arguments = parser.parse_args()
    console = Console()
    console.print(_found(arguments.sd, arguments.scenarios, arguments.difference))
    for size in arguments.difference:
        needed = scenarios_needed(size, arguments.sd)
        console.print(
            f"{size:g}점 차이: 시나리오 {needed or '?'}개 필요 · "
            f"a difference of {size:g} points takes {needed or '?'} scenarios"
        )


def _found(sd: float, scenarios: list[int], differences: list[float]) -> Table:
    table = Table(
        title=f"표준편차 {sd:g}점, 검정력 {POWER} · SD {sd:g} points, power {POWER}",
        title_justify="left",
    )
    for heading in ("시나리오 scenarios", "95 % 구간 interval", "찾는 차이 detects"):
        table.add_column(heading, justify="right")
    for size in differences:
        table.add_column(f"P({size:g})", justify="right")
    for number in scenarios:
        table.add_row(
            str(number),
            f"±{half_width(sd, number):.1f}",
            f"{detectable(sd, number) or inf:.1f}",
            *(f"{power(size, sd, number):.2f}" for size in differences),
        )
    return table


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number < inf:
        raise argparse.ArgumentTypeError("must be a number above 0")
    return number


def _scenarios(text: str) -> int:
    number = int(text)
    if number < 2:
        raise argparse.ArgumentTypeError("an interval needs 2 scenarios or more")
    return number


if __name__ == "__main__":
    main()
