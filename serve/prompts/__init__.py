"""Prompt variants as files: `load(name)` reads one, `PromptVariant.render` fills it for a brief."""

from serve.prompts.variant import (
    Prompt,
    PromptVariant,
    Sampling,
    available,
    load,
    parse,
    source_text,
)

__all__ = ["Prompt", "PromptVariant", "Sampling", "available", "load", "parse", "source_text"]
