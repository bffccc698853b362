"""One line per request: what all figures are counted from, and the file it is kept in."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple


class Sent(NamedTuple):
    """One request, answered or not."""

    due_s: float
    """When it was to be sent, in seconds since the start."""
    late_ms: float
    """How much later it was sent: the generator's fault."""
    latency_ms: float
    """From when it was due to the whole answer."""
    step: int
    source: str
    """`pool`, `llm`, `stale` or `static`; empty for one that failed."""
    key: str
    """Of the situation."""
    error: str = ""


def write(requests: Iterable[Sent], path: Path) -> None:
    """As CSV, a header first."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(Sent._fields)
        rows.writerows(
            (f"{one.due_s:.4f}", f"{one.late_ms:.2f}", f"{one.latency_ms:.2f}", *one[3:])
            for one in requests
        )
