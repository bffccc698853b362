"""EventEngine: the one deployment that holds a model."""

import os

from serve.adapters.vllm_engine import VllmEngine, model_name
from serve.generation import WARM_UP, Completion, CompletionRequest
from serve.settings import EngineConfig, Settings
from serve.telemetry import configure, mark, span

_COURTESY = 10
"""Niceness on cores shared with those who answer players: a late draft is for the next one, a late answer for
nobody."""


class EventEngine:
    """vLLM in process, or, with `VLLM_ENDPOINT`, a client of an OpenAI-compatible server."""

    def __init__(self, config: EngineConfig, settings: Settings) -> None:
        configure("EventEngine")
        if settings.endpoint:
            # Here, as vLLM below: each takes its time to import, and the other is not needed.
            from serve.adapters.openai_engine import OpenAIEngine

            name = settings.model or model_name(config)
            self._engine = OpenAIEngine(settings.endpoint, name, settings.endpoint_key)
        else:
            if config.device == "cpu":
                os.nice(_COURTESY)
            from vllm.v1.metrics.ray_wrappers import RayPrometheusStatLogger

            self._engine = VllmEngine(config, [RayPrometheusStatLogger])
        self._warm = False

    async def complete(self, request: CompletionRequest) -> Completion:
        """Raises EngineTimeout or EngineUnavailable."""
        with span("completion", carried=request.trace):
            completion = await self._engine.complete(request)
            mark(
                prompt_tokens=completion.prompt_tokens,
                output_tokens=completion.output_tokens,
                first_token_s=completion.first_token_s,
                finish_reason=completion.finish_reason,
            )
            return completion

    async def check_health(self) -> None:
        """Called by Ray Serve, which replaces a replica that raises. The first call warms up."""
        if not self._warm:
            self._warm = True
            if isinstance(self._engine, VllmEngine):
                await self._engine.complete(WARM_UP)
        if isinstance(self._engine, VllmEngine):
            await self._engine.check_health()

    async def probe(self) -> None:
        """Raises unless the engine can work now."""
        await self._engine.check_health()
