"""Any OpenAI-compatible server, behind the `Engine` port."""

import asyncio
import time
from typing import Any

from openai import APIConnectionError, APIStatusError, AsyncOpenAI

from serve.errors import EngineError, EngineTimeout, EngineUnavailable
from serve.generation import Completion, CompletionRequest


class OpenAIEngine:
    """Speaks to `VLLM_ENDPOINT`; the grammar goes along as a response format."""

    def __init__(self, endpoint: str, model: str, key: str = "") -> None:
        base = endpoint if endpoint.endswith("/v1") else f"{endpoint}/v1"
        # No retries here: the deadline is one for the whole graph.
        self._client = AsyncOpenAI(base_url=base, api_key=key or "none", max_retries=0)
        self._model = model

    async def complete(self, request: CompletionRequest) -> Completion:
        """Raises EngineTimeout when the time is over, EngineUnavailable when nobody answers."""
        try:
            async with asyncio.timeout(request.timeout_s):
                return await self._stream(request)
        except TimeoutError as error:
            raise EngineTimeout(f"no completion within {request.timeout_s:.1f} s") from error
        except APIConnectionError as error:
            raise EngineUnavailable("the model server does not answer") from error
        except APIStatusError as error:
            if error.status_code in (429, 500, 502, 503, 504):
                raise EngineUnavailable(f"the model server says {error.status_code}") from error
            raise EngineError(f"the model server refuses: {error.status_code}") from error

    async def check_health(self) -> None:
        """Raises EngineUnavailable when the server does not list its models within two seconds."""
        try:
            await self._client.models.list(timeout=2)
        except (APIConnectionError, APIStatusError) as error:
            raise EngineUnavailable("the model server does not answer") from error

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
