"""Any OpenAI-compatible server, behind the `Marker` port: one token with its probabilities.

What servers accept differs, so a refused request (400, 422) is asked again with less: first
vLLM's own fields go, then the probabilities. The first form that works is kept.
"""

from collections.abc import Mapping
from math import exp
from typing import Annotated, Any

from openai import BadRequestError, UnprocessableEntityError
from pydantic import BaseModel, Field, ValidationError

from serve.adapters.openai_calls import answered_within, client
from serve.errors import EngineError
from serve.quality.judge import Question

_MOST_LOGPROBS = 20
"""What both OpenAI and an untuned vLLM allow at the most."""
_VLLM, _PROBABILITIES, _PLAIN = range(3)


class _Candidate(BaseModel):
    token: str
    logprob: float


class _Position(_Candidate):
    top_logprobs: list[_Candidate] = []


class _Logprobs(BaseModel):
    content: list[_Position] | None = None


class _Message(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    message: _Message
    logprobs: _Logprobs | None = None


class _Answer(BaseModel):
    choices: Annotated[list[_Choice], Field(min_length=1)]


class OpenAIMarker:
    """A Marker. `timeout_s` is for one question, refusals included."""

    def __init__(self, endpoint: str, model: str, key: str = "", *, timeout_s: float = 10) -> None:
        self._client, self.model, self._timeout_s = client(endpoint, key), model, timeout_s
        self._form = _VLLM

    async def mark(self, question: Question) -> Mapping[str, float] | str:
        """Raises EngineTimeout, EngineUnavailable, or EngineError for what is no answer."""
        async with answered_within(self._timeout_s):
            answer = await self._ask(question)
        choice = answer.choices[0]
        found = _probabilities(choice.logprobs, question.allowed)
        token = (choice.message.content or "").strip()
        if not found and token not in question.allowed:
            raise EngineError(
                "the judge answers with something else than a grade; "
                "it needs a model that answers at once, without reasoning first"
            )
        return found or token

    async def _ask(self, question: Question) -> _Answer:
        form = self._form
        while True:
            try:
                answer = await self._send(question, form)
            except (BadRequestError, UnprocessableEntityError):
                if form == _PLAIN:
                    raise
                form += 1
            else:
                self._form = form
                return answer

    async def _send(self, question: Question, form: int) -> _Answer:
        # The raw answer is read here: what a proxy or a broken server sends may be anything.
        chat: Any = self._client.chat.completions.with_raw_response
        raw = await chat.create(
            model=self.model,
            messages=[
                {"role": "system", "content": question.system},
                {"role": "user", "content": question.user},
            ],
            max_tokens=1,
            **_extras(question, form),
        )
        try:
            return _Answer.model_validate_json(raw.content)
        except ValidationError as error:
            raise EngineError("the judge's server answers with no chat completion") from error


def _extras(question: Question, form: int) -> dict[str, Any]:
    """At temperature 1 a drawn token is a fair sample; probabilities do not depend on the draw."""
    if form == _PLAIN:
        return {}
    fields: dict[str, Any] = {
        "temperature": 1.0,
        "seed": question.seed,
        "logprobs": True,
        "top_logprobs": _MOST_LOGPROBS,
    }
    if form == _VLLM:
        fields["extra_body"] = {
            "structured_outputs": {"choice": list(question.allowed)},
            "chat_template_kwargs": {"enable_thinking": False},
        }
    return fields


def _probabilities(logprobs: _Logprobs | None, allowed: tuple[str, ...]) -> dict[str, float]:
    """Of the first token; spellings with a space beside the figure count for the figure."""
    if logprobs is None or not logprobs.content:
        return {}
    first = logprobs.content[0]
    # A server may list the token that was drawn among the likeliest ones or beside them.
    listed = {one.token: one.logprob for one in (first, *first.top_logprobs)}
    found: dict[str, float] = {}
    for spelling, logprob in listed.items():
        token = spelling.strip()
        if token in allowed:
            found[token] = found.get(token, 0.0) + exp(min(logprob, 0.0))
    return {token: weight for token, weight in found.items() if weight > 0}
