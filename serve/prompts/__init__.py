"""Prompt variants as files: `load(name)` reads one, `PromptVariant.render` fills it for a brief."""

from serve.prompts.variant import Prompt, PromptVariant, available, load

__all__ = ["Prompt", "PromptVariant", "available", "load"]
