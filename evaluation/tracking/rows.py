"""The event and its player in a row of a dataset, in what a `predict_fn` returned, in a trace."""

import json
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from serve.domain.event import GameEvent
from serve.domain.state import GameState, Locale


class Asked(NamedTuple):
    """An event and its player."""

    event: GameEvent
    state: GameState
    locale: Locale


def text_of(document: Any) -> str:
    """JSON of whatever it is, the same for the same content; what has none is told by `read_row`."""
    if isinstance(document, str):
        return document
    if isinstance(document, BaseModel):
        document = document.model_dump(mode="json", by_alias=True)
    try:
        return json.dumps(document, sort_keys=True, ensure_ascii=False)
    except TypeError:
        return "null"


def read_row(inputs: str, outputs: str) -> Asked:
    """From the texts of `inputs` (`gameState`, `locale`, Korean unless given) and `outputs`.

    Raises ValueError in one line that names the field.
    """
    asked, written = _object(inputs, "inputs"), _object(outputs, "outputs")
    try:
        return Asked(
            GameEvent.model_validate({"eventId": "event"} | written),
            GameState.model_validate(asked.get("gameState")),
            Locale(asked.get("locale", Locale.KO)),
        )
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join([error.title, *(str(part) for part in first["loc"])])
        raise ValueError(f"{where}: {first['msg']}") from None


def _object(text: str, name: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except json.JSONDecodeError:
        document = None
    if not isinstance(document, dict):
        raise ValueError(f"{name} is no JSON object")  # noqa: TRY004  bad input, not a wrong call
    return document
