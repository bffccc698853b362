"""The questions a reviewer answers with yes or no; their words are in `checklist.yaml`."""

from importlib.resources import files

import yaml

from serve.domain.state import WireModel


class Question(WireModel):
    """Yes is the good answer."""

    id: str
    ko: str
    en: str


def _load() -> tuple[Question, ...]:
    text = files("serve.review").joinpath("checklist.yaml").read_text("utf-8")
    return tuple(Question.model_validate(entry) for entry in yaml.safe_load(text))


CHECKLIST = _load()
"""In the order asked."""
