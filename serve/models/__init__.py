"""The bundled model: weights, tokenizer, and how they were made."""

from importlib.resources import files
from pathlib import Path


def bundled_model_path() -> Path:
    """The folder vLLM loads the bundled model from."""
    return Path(str(files("serve.models"))) / "eventsmith-small"
