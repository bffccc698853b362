"""`eventsmith-eval review-report REVIEWS --out FILE.md`: the report on a reviewed sample.

Writes the Markdown and, beside it, the picture it shows. Exit status: 0 written.
"""

import argparse
from hashlib import sha256
from pathlib import Path
from typing import Any

from rich.console import Console

from evaluation.reviews import Reviewed, read_reviews
from serve.errors import ConfigurationError


def register(commands: Any) -> None:
    written = commands.add_parser("review-report", help="a Markdown report on reviewed events")
    written.add_argument("file", help="JSON Lines exported from the review page")
    written.add_argument("--out", type=Path, required=True, metavar="FILE.md")
    written.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    path, out = Path(arguments.file), arguments.out
    if out.suffix != ".md":
        raise ConfigurationError(f"--out {out.name}: must end in .md")
    content = path.read_bytes()
    reviewed = read_reviews(content, path.name)
    console = Console(stderr=True)
    with console.status("bootstrap"):
        _write(reviewed, out, _shown(path), sha256(content).hexdigest())
    console.print(f"{out}: 이벤트 {len(reviewed)}개 · {len(reviewed)} events")
    return 0


def _write(reviewed: tuple[Reviewed, ...], out: Path, source: str, digest: str) -> None:
    # matplotlib and scipy take a second to import; the other commands do not need them.
    from evaluation.review_figure import scatter
    from evaluation.review_report import report

    figure = out.with_suffix(".svg")
    text = report(
        reviewed,
        source=f"`{source}`, sha256 `{digest}`",
        command=f"eventsmith-eval review-report {source} --out {_shown(out)}",
        figure=figure.name,
    )
    out.parent.mkdir(parents=True, exist_ok=True)
    figure.write_bytes(scatter(reviewed))
    out.write_text(text, "utf-8")


def _shown(path: Path) -> str:
    """As given, unless that would tell where on this disk the repository lies."""
    return path.name if path.is_absolute() else str(path)
