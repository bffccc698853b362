"""The sentences defects are made with, `phrases.yaml`."""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from serve.domain.state import Locale


@cache
def phrases(locale: Locale) -> dict[str, Any]:
    text = files("evaluation.mutations").joinpath("phrases.yaml").read_text("utf-8")
    return yaml.safe_load(text)[locale.value]
