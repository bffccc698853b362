"""What was measured at each level, as a table that reads well in the terminal and as Markdown."""

from collections.abc import Sequence

from loadtest.gpu.device import GpuUse
from loadtest.gpu.levels import Level

_HEAD = (
    "at a time",
    "events (failed)",
    "first token p50 / p95 ms",
    "between tokens p50 / p95 ms",
    "tokens/s",
    "tokens a draft",
    "events/s",
    "mean / p50 / p95 / p99 s",
    "kept",
    "normalised: events/s",
    "mean / p95 / p99 s",
    "kept",
    "whole JSON",
    "prefix hits",
    "GPU busy, GiB",
)


def table(levels: Sequence[Level]) -> str:
    """A line for each level, aligned, as Markdown."""
    rows = [list(_HEAD), *(_row(one) for one in levels)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = [
        " | ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    rule = " | ".join("-" * (width - 1) + ":" for width in widths)
    return "\n".join(f"| {line} |" for line in (lines[0], rule, *lines[1:]))


def _row(one: Level) -> list[str]:
    total, long = one.total, one.total_normalised
    return [
        str(one.concurrency),
        f"{one.events} ({one.failed})",
        f"{one.ttft_p50_ms:.0f} / {one.ttft_p95_ms:.0f}",
        f"{one.inter_token_p50_ms:.1f} / {one.inter_token_p95_ms:.1f}",
        f"{one.tokens_per_s:,.0f}",
        f"{one.tokens_per_draft:.0f}",
        f"{one.events_per_s:.2f}",
        f"{total.mean:.2f} / {total.p50:.2f} / {total.p95:.2f} / {total.p99:.2f}",
        "yes" if total.kept else "no",
        f"{one.events_per_s_normalised:.2f}",
        f"{long.mean:.2f} / {long.p95:.2f} / {long.p99:.2f}",
        "yes" if long.kept else "no",
        f"{one.whole_share:.0%}",
        f"{one.prefix_hit_share:.0%}",
        _gpu(one.gpu),
    ]


def _gpu(use: GpuUse | None) -> str:
    if use is None:
        return "-"
    busy = "-" if use.busy_mean is None else f"{use.busy_mean:.0f} %"
    return f"{busy}, " + ("-" if use.memory_mib is None else f"{use.memory_mib / 1024:.1f}")
