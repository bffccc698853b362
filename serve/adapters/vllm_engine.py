"""vLLM in this process, behind the `Engine` port."""

import asyncio
import os
import time
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any
from uuid import uuid4

from serve.errors import ConfigurationError, EngineTimeout, EngineUnavailable
from serve.generation import Completion, CompletionRequest
from serve.models import bundled_model_path
from serve.prompts import Prompt
from serve.settings import EngineConfig


def model_path(config: EngineConfig) -> str:
    """What vLLM is told to load: the bundled model's folder, or the configured path or name."""
    return str(bundled_model_path()) if config.model == "bundled" else config.model


def model_name(config: EngineConfig) -> str:
    """What the model is called in records and keys."""
    return Path(model_path(config)).name


class VllmEngine:
    """One AsyncLLM, every completion kept to its grammar; no client text reaches sampling or grammar."""

    def __init__(self, config: EngineConfig, stat_loggers: Iterable[Any] = ()) -> None:
        """Raises ConfigurationError for an argument in `config.vllm` that vLLM does not know."""
        _prepare_environment(config)
        # vLLM reads the environment on import, and takes seconds to do so.
        from vllm.engine.arg_utils import AsyncEngineArgs
        from vllm.v1.engine.async_llm import AsyncLLM

        arguments: dict[str, Any] = {
            "model": model_path(config),
            "dtype": config.dtype,
            "tensor_parallel_size": config.tensor_parallel_size,
            "max_model_len": config.max_model_len,
            "max_num_seqs": config.max_num_seqs,
            "gpu_memory_utilization": config.gpu_memory_utilization,
            "enforce_eager": config.enforce_eager,
            "enable_prefix_caching": True,
            "structured_outputs_config": {"backend": "xgrammar", "disable_any_whitespace": True},
        }
        if config.kv_cache_mib is not None:
            arguments["kv_cache_memory_bytes"] = config.kv_cache_mib << 20
        if config.device == "cpu":
            arguments["distributed_executor_backend"] = "uni"
        unknown = config.vllm.keys() - {field.name for field in fields(AsyncEngineArgs)}
        if unknown:
            raise ConfigurationError(f"engine.vllm.{min(unknown)}: vLLM has no such argument")
        self._llm = AsyncLLM.from_engine_args(
            AsyncEngineArgs(**arguments | config.vllm), stat_loggers=list(stat_loggers) or None
        )
        self._tokenizer: Any = self._llm.get_tokenizer()

    async def complete(self, request: CompletionRequest) -> Completion:
        """Raises EngineTimeout when the time is over, EngineUnavailable when the engine is dead."""
        from vllm.v1.engine.exceptions import EngineDeadError

        try:
            async with asyncio.timeout(request.timeout_s):
                return await self._generate(request)
        except TimeoutError as error:
            raise EngineTimeout(f"no completion within {request.timeout_s:.1f} s") from error
        except EngineDeadError as error:
            raise EngineUnavailable("the engine died") from error

    async def check_health(self) -> None:
        """Raises when the engine cannot work any more."""
        await self._llm.check_health()

    def close(self) -> None:
        self._llm.shutdown()
        del self._llm  # its destructor fails once the interpreter has begun to shut down

    async def _generate(self, request: CompletionRequest) -> Completion:
        from vllm import SamplingParams
        from vllm.sampling_params import RequestOutputKind, StructuredOutputsParams

        sampling = SamplingParams(
            temperature=request.temperature,
            top_p=request.top_p,
            min_p=request.min_p,
            max_tokens=request.max_tokens,
            seed=request.seed,
            structured_outputs=StructuredOutputsParams(json=request.grammar),
            output_kind=RequestOutputKind.DELTA,
        )
        started, first = time.perf_counter(), 0.0
        pieces, tokens, prompt_tokens, reason = list[str](), 0, 0, "error"
        # Leaving this loop early, by timeout or cancellation, aborts the request inside vLLM.
        async for output in self._llm.generate(self._text(request.prompt), sampling, uuid4().hex):
            first = first or time.perf_counter() - started
            prompt_tokens = len(output.prompt_token_ids or ())
            piece = output.outputs[0]
            pieces.append(piece.text)
            tokens += len(piece.token_ids)
            reason = piece.finish_reason or reason
        return Completion(
            text="".join(pieces),
            finish_reason=reason,
            prompt_tokens=prompt_tokens,
            output_tokens=tokens,
            first_token_s=first,
            duration_s=time.perf_counter() - started,
        )

    def _text(self, prompt: Prompt) -> str:
        if prompt.system is None:
            return prompt.user
        messages: Any = [
            {"role": "system", "content": prompt.system},
            {"role": "user", "content": prompt.user},
        ]
        return str(
            self._tokenizer.apply_chat_template(
                messages, tokenize=False, add_generation_prompt=True
            )
        )


def _prepare_environment(config: EngineConfig) -> None:
    os.environ.setdefault("VLLM_NO_USAGE_STATS", "1")
    if config.device == "cpu":
        # One process and a few unpinned threads: a laptop shares its cores with everything else.
        os.environ["VLLM_ENABLE_V1_MULTIPROCESSING"] = "0"
        os.environ["VLLM_CPU_OMP_THREADS_BIND"] = "nobind"
        os.environ["OMP_NUM_THREADS"] = str(config.threads)
