"""A run on paper: a JSON file, and beside it a Markdown page that says how to read it."""

import json
from pathlib import Path

from loadtest.gpu.levels import OBJECTIVES_S, Level, highest
from loadtest.gpu.result import Result
from loadtest.gpu.tables import table
from loadtest.report import machine


def write(result: Result, path: Path) -> Path:
    """JSON there, and its Markdown twin beside it, whose path is returned."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result.numbers(), indent=1) + "\n", "utf-8")
    twin = path.with_suffix(".md")
    twin.write_text(markdown(result), "utf-8")
    return twin


def markdown(result: Result) -> str:
    """The whole report."""
    parts = (
        f"# Engine on {result.device}",
        _what(result),
        _verdict(result),
        table(result.levels),
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
    here = machine()
    gpus = [f"{gpu.name} (driver {gpu.driver})" for gpu in result.gpus]
    device = ", ".join([*gpus, f"{here['processor']}, {here['cores']} cores"])
    versions = ", ".join(f"{name} {version}" for name, version in result.versions.items())
    settings = ", ".join(
        f"{name} {value}"
        for name, value in result.plan.config.model_dump(exclude={"model"}).items()
    )
    return f"Device: {device}. Versions: {versions}. Settings: {settings}."
