"""A run on paper: a table for the terminal, a JSON file, and the same as Markdown beside it."""

import json
from pathlib import Path

from loadtest.gpu.device import GpuUse
from loadtest.gpu.levels import OBJECTIVES_S, Level, highest
from loadtest.gpu.result import Result

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


def write(result: Result, path: Path) -> Path:
    """JSON there, and its Markdown twin beside it, whose path is returned."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result.numbers(), indent=1) + "\n", "utf-8")
    twin = path.with_suffix(".md")
    twin.write_text(markdown(result), "utf-8")
    return twin


def table(result: Result) -> str:
    """A line for each level, aligned, as Markdown."""
    rows = [list(_HEAD), *(_row(one) for one in result.levels)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = [
        " | ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    rule = " | ".join("-" * (width - 1) + ":" for width in widths)
    return "\n".join(f"| {line} |" for line in (lines[0], rule, *lines[1:]))


def markdown(result: Result) -> str:
    """The whole report."""
    parts = (
        f"# Engine on {result.device}",
        _what(result),
        _verdict(result),
        table(result),
        _lengths(result),
        _READING,
        _where(result),
    )
    return "\n\n".join(parts) + "\n"


def caution(result: Result) -> str:
    """What the weights let one conclude."""
    if result.plan.weights == "real":
        return "The weights are real."
    return (
        "**The weights are random: only speed is meaningful.** What was written is JSON of the right "
        "form and says nothing."
    )


def _what(result: Result) -> str:
    plan, shape = result.plan, result.plan.shape
    size = f", {shape.parameters / 1e9:.2f} billion parameters" if shape else ""
    return (
        f"{result.date}, model `{plan.model}`{size}. {caution(result)} The engine is the platform's own "
        f"adapter without Ray, prompt `{plan.prompt.version}` "
        f"({result.levels[-1].prompt_tokens:.0f} tokens with this tokenizer), the schema that the "
        f"platform serves with, prefix caching on, ready after {result.outcome.ready_s:.0f} s."
    )


def _verdict(result: Result) -> str:
    bars = ", ".join(f"{name} < {bar:g} s" for name, bar in OBJECTIVES_S.items())
    measured = _at(highest(result.levels), "events_per_s")
    long = _at(highest(result.levels, normalised=True), "events_per_s_normalised")
    return (
        f"Objectives: {bars} for a whole draft.\n\n"
        f"- As measured: {measured}.\n"
        f"- Normalised to {result.plan.draft_tokens} tokens a draft: {long}."
    )


def _gpu(use: GpuUse | None) -> str:
    if use is None:
        return "-"
    busy = "-" if use.busy_mean is None else f"{use.busy_mean:.0f} %"
    return f"{busy}, " + ("-" if use.memory_mib is None else f"{use.memory_mib / 1024:.1f}")


def _at(level: Level | None, rate: str) -> str:
    if level is None:
        return "not kept even at the lowest concurrency"
    return f"kept up to {level.concurrency} at a time, {getattr(level, rate):.2f} events a second there"


def _lengths(result: Result) -> str:
    share, tokens = result.outcome.share, result.plan.draft_tokens
    bounded = (
        ""
        if share is None
        else f"Random weights do not end a text before the schema makes them, so each text's most "
        f"characters were lowered to {share:.1%} of the schema's, the share at which a draft has about "
        f"{tokens} tokens. "
    )
    return (
        f"{bounded}The bundled model writes 136 tokens a draft, with a tokenizer made for drafts; one "
        f"for all purposes needs more, above all for Korean: `--draft-tokens` says how many to reckon "
        f"with. *Normalised* stretches each request to {tokens} tokens at its own time between tokens, "
        f"and the rate by as much."
    )


_READING = """- *At a time*: clients, each asking again as soon as it is answered; the last answers, when
  clients run out of orders one by one, are counted in. Levels up to the number named keep the objectives.
- *Between tokens*: percentiles of the requests' averages. *First token*: the queue and the prompt.
- *Prefix hits*: prompt tokens found in the cache, of all, by vLLM's own counters.
- *Whole JSON*: ended by themselves and readable. Grammars are compiled before the measuring begins.
- A p99 of fewer than 100 events is the slowest of them."""


def _where(result: Result) -> str:
    gpus = ", ".join(f"{gpu.name} (driver {gpu.driver})" for gpu in result.gpus) or "no GPU"
    versions = ", ".join(f"{name} {version}" for name, version in result.versions.items())
    settings = ", ".join(
        f"{name} {value}"
        for name, value in result.plan.config.model_dump(exclude={"model"}).items()
    )
    return f"Device: {gpus}. Versions: {versions}. Settings: {settings}."


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
