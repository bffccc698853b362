"""Any OpenAI-compatible server, behind the `Engine` port."""

import time
from typing import Any

from openai import APIError

from serve.adapters.openai_calls import answered_within, client
from serve.errors import EngineUnavailable
from serve.generation import Completion, CompletionRequest


class OpenAIEngine:
    """Speaks to `VLLM_ENDPOINT`; the grammar goes along as a response format."""

    def __init__(self, endpoint: str, model: str, key: str = "") -> None:
        self._client = client(endpoint, key)
        self._model = model

    async def complete(self, request: CompletionRequest) -> Completion:
        """Raises EngineTimeout when the time is over, EngineUnavailable when nobody answers."""
        async with answered_within(request.timeout_s):
            return await self._stream(request)

    async def check_health(self) -> None:
        """Raises EngineUnavailable when the server does not list its models within two seconds."""
        try:
            await self._client.models.list(timeout=2)
        except (APIError, ValueError):
            raise EngineUnavailable("the model server does not answer") from None

    async def close(self) -> None:
        """Gives its connections back."""
        await self._client.close()

    async def _stream(self, request: CompletionRequest) -> Completion:
        started, first = time.perf_counter(), 0.0
        pieces, usage, reason = list[str](), None, "error"
        async for chunk in await self._open(request):
            usage = chunk.usage or usage
            for choice in chunk.choices:
                text = choice.text if hasattr(choice, "text") else choice.delta.content
                if text:
                    first = first or time.perf_counter() - started
                    pieces.append(text)
                reason = choice.finish_reason or reason
        return Completion(
            text="".join(pieces),
            finish_reason=reason,
            prompt_tokens=usage.prompt_tokens if usage else 0,
            output_tokens=usage.completion_tokens if usage else 0,
            first_token_s=first,
            duration_s=time.perf_counter() - started,
        )

    async def _open(self, request: CompletionRequest) -> Any:
        prompt = request.prompt
        common: dict[str, Any] = {
            "model": self._model,
            "temperature": request.temperature,
            "top_p": request.top_p,
            "max_tokens": request.max_tokens,
            "seed": request.seed,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if prompt.system is None:
            ours = {"structured_outputs": {"json": request.grammar}, "min_p": request.min_p}
            completions: Any = self._client.completions
            return await completions.create(prompt=prompt.user, extra_body=ours, **common)
        schema: Any = {"name": "event_draft", "schema": request.grammar, "strict": True}
        chat: Any = self._client.chat.completions  # its overloads do not know keyword tables
        return await chat.create(
            messages=[
                {"role": "system", "content": prompt.system},
                {"role": "user", "content": prompt.user},
            ],
            response_format={"type": "json_schema", "json_schema": schema},
            # Only vLLM knows it; other servers refuse what they do not know.
            extra_body={"min_p": request.min_p} if request.min_p else None,
            **common,
        )
