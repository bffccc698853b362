"""What a client may rely on in every answer, checked as a client would."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints, ValidationError

from serve.domain.event import Choice, GameEvent
from serve.domain.state import WireModel
from serve.serving import Source

Text = Annotated[str, StringConstraints(min_length=1)]


class WrongAnswer(Exception):
    """Not what was promised; the message names the field."""


class _Event(GameEvent):
    event_id: Text
    title: Text
    description: Text
    choices: tuple[Choice, ...] = Field(min_length=2, max_length=4)


class Answer(WireModel):
    """The fields every answer has."""

    request_id: Text
    source: Source
    event: _Event


def checked(status: int, body: bytes | None) -> Answer:
    """Raises WrongAnswer for any status but 200, and for a field that is missing or wrong."""
    if status != 200:
        raise WrongAnswer(f"status {status}: {_CURES.get(status) or _reason(body)}")
    try:
        return Answer.model_validate_json(body or b"")
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        raise WrongAnswer(f"{where}: {first['msg']}") from None


def _reason(body: bytes | None) -> str:
    """What an `application/problem+json` says."""
    try:
        problem = _Problem.model_validate_json(body or b"")
    except ValidationError:
        problem = _Problem()
    return problem.detail or problem.title or "no reason given"


class _Problem(BaseModel):
    title: str = ""
    detail: str = ""


_CURES = {
    401: "no valid key; set EVENTSMITH_API_KEY",
    429: "over the key's quota; raise requests_per_second_per_key in configs/serve",
}
