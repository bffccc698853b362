"""PromQL about our own metrics, every replica together.

A counter that has counted nothing does not exist in Prometheus. What is zero then is shown as zero:
a panel that is empty on the day it is needed for the first time looks like one that is broken.
"""

RATE = "$__rate_interval"


def own(metric: str, matchers: str = "") -> str:
    """A metric of the application that is looked at."""
    chosen = 'application=~"$application"'
    return f"ray_{metric}{{{', '.join(part for part in (chosen, matchers) if part)}}}"


def rate(counter: str, matchers: str = "", by: str = "") -> str:
    """Events a second of a counter; 0 (by a label: one series called `none`) before the first."""
    counted = f"rate({own(counter, matchers)}[{RATE}])"
    if not by:
        return f"(sum({counted}) or vector(0))"
    nothing = f'label_replace(vector(0), "{by}", "none", "", "")'
    return f"(sum by ({by}) ({counted}) or on() {nothing})"


def minutely(counter: str, by: str = "") -> str:
    """What is too rare to be told by the second."""
    return f"60 * {rate(counter, by=by)}"


def total(gauge: str) -> str:
    """A gauge summed over replicas; 0 before one of them set it."""
    return f"(sum({own(gauge)}) or vector(0))"


def share(part: str, whole: str) -> str:
    """A share of 1, absent while there is nothing to be a part of."""
    return f"{part} / ({whole} > 0)"


def mean(histogram: str, by: str = "") -> str:
    """The mean of what a histogram observed, absent while it observes nothing."""
    summed = f"sum by ({by})" if by else "sum"
    observed, count = (
        f"{summed} (rate({own(f'{histogram}_{part}')}[{RATE}]))" for part in ("sum", "count")
    )
    return f"{observed} / ({count} > 0)"


def quantile(rank: float, histogram: str, by: str = "") -> str:
    """A quantile of a histogram."""
    labels = ", ".join(part for part in ("le", by) if part)
    inner = f"sum by ({labels}) (rate({own(f'{histogram}_bucket')}[{RATE}]))"
    return f"histogram_quantile({rank}, {inner})"


def quantiles(histogram: str, *percents: int) -> dict[str, str]:
    """Targets `p50`, `p95` and so on."""
    return {f"p{percent}": quantile(percent / 100, histogram) for percent in percents}
