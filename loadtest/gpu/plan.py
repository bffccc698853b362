"""What is measured: the model, the engine's settings, the prompt, and how many requests at a time."""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from evaluation.bundled.orders import held_back_orders
from loadtest.gpu.device import any_gpu, gpus
from loadtest.gpu.shapes import SHAPES, Shape, write_model
from loadtest.gpu.text_bounds import narrowed
from serve.adapters.vllm_engine import model_name
from serve.domain.balance import BalancePolicy
from serve.errors import ConfigurationError
from serve.generation import CompletionRequest, completion_request
from serve.prompts import PromptVariant, load
from serve.settings import EngineConfig, Settings

_STANDARD = "qwen2.5-7b"
_DISTINCT = 512
"""Orders; a longer run asks them again with other seeds, as players do."""
_BESIDE_GIB = 2.0
"""What an engine needs beside the weights at least: working memory, graphs, some cache."""


@dataclass(frozen=True)
class Plan:
    """One run."""

    config: EngineConfig
    shape: Shape | None
    """None: real weights."""
    prompt: PromptVariant
    concurrency: tuple[int, ...]
    events: int | None
    """At each concurrency; None: four for each client, and 32 at least."""
    draft_tokens: int
    timeout_s: float
    seed: int
    min_p: float | None = None
    """None: the prompt's."""

    @property
    def model(self) -> str:
        return model_name(self.config)

    @property
    def weights(self) -> str:
        return "real" if self.shape is None else "random"

    def events_at(self, concurrency: int) -> int:
        return self.events or max(32, 4 * concurrency)

    @property
    def requests_in_all(self) -> int:
        """With as many as there are clients before each level, to warm up."""
        return sum(self.events_at(each) + each for each in self.concurrency)

    def requests(self, share: float | None) -> Iterator[CompletionRequest]:
        """Without end; `share` is what texts are narrowed to, None leaves the schema as it is."""
        policy = BalancePolicy.parse(Settings().table("balance.yaml"))
        orders = islice(held_back_orders(policy, self.seed), _DISTINCT)
        for number, order in enumerate(cycle(orders)):
            request = completion_request(self.prompt, order.brief, number, self.timeout_s)
            if share is not None:
                grammar = narrowed(request.grammar, share)
                request = request.model_copy(update={"grammar": grammar})
            if self.min_p is not None:
                request = request.model_copy(update={"min_p": self.min_p})
            yield request


def plan(arguments: argparse.Namespace, folder: Path) -> Plan:
    """Model folders are written to `folder`. Raises ConfigurationError naming option and cure."""
    device = _device(arguments.device)
    shape = _shape(arguments.shape, arguments.model, device)
    model = arguments.model or "bundled"
    if shape is not None:
        model = str(folder / (arguments.shape or _STANDARD))
        write_model(shape, Path(model))
    elif model != "bundled" and not Path(model, "config.json").is_file():
        raise ConfigurationError(
            f"--model {model}: no config.json there; give the folder of a model, or leave --model "
            f"out and choose a --shape of random weights"
        )
    name = "serve/local.yaml" if model == "bundled" else "serve/gpu.yaml"
    prompt = arguments.prompt or _args(name)["prompt"]
    config = _config(device, model, arguments)
    if shape is not None and device == "gpu":
        _check_memory(shape, config)
    return Plan(
        config=config,
        shape=shape,
        prompt=load(prompt),
        concurrency=tuple(sorted(set(arguments.concurrency))),
        events=arguments.events,
        draft_tokens=arguments.draft_tokens,
        timeout_s=arguments.timeout,
        seed=arguments.seed,
        min_p=arguments.min_p,
    )


def _device(asked: str) -> str:
    found = "gpu" if any_gpu() else "cpu"
    if asked == "gpu" and found == "cpu":
        raise ConfigurationError(
            "--device gpu: no NVIDIA GPU is visible here (does `nvidia-smi` list one, and does "
            "CUDA_VISIBLE_DEVICES leave it?); --device cpu measures this machine's processor"
        )
    return found if asked == "auto" else asked


def _shape(asked: str | None, model: str | None, device: str) -> Shape | None:
    if model is not None or (asked is None and device == "cpu"):
        return None
    return SHAPES[asked or _STANDARD]


def _config(device: str, model: str, arguments: argparse.Namespace) -> EngineConfig:
    """The engine's section of the configuration, with what the command line puts in its place."""
    found = _args("serve/gpu.yaml" if device == "gpu" else "serve/local.yaml")["engine"]
    if model != "bundled":  # the prompts of production models are long, on whatever device
        found["max_model_len"] = _args("serve/gpu.yaml")["engine"]["max_model_len"]
    elif device == "gpu":
        found["max_model_len"] = EngineConfig().max_model_len  # what it was trained for
    given = {
        "max_num_seqs": arguments.max_num_seqs,
        "dtype": arguments.dtype,
        "gpu_memory_utilization": arguments.gpu_memory_utilization,
        "tensor_parallel_size": arguments.tensor_parallel,
        "enforce_eager": True if arguments.enforce_eager else None,
        "threads": arguments.threads,
        "vllm": found.get("vllm", {}) | (arguments.vllm or {}),
    }
    found |= {name: value for name, value in given.items() if value is not None}
    return EngineConfig(**found | {"device": device, "model": model})


def _args(name: str) -> dict[str, Any]:
    return Settings().table(name)["applications"][0]["args"]


def _check_memory(shape: Shape, config: EngineConfig) -> None:
    sizes = [gpu.total_mib for gpu in gpus() if gpu.total_mib]
    if not sizes:
        return
    has = min(sizes) / 1024 * config.gpu_memory_utilization * config.tensor_parallel_size
    needs = shape.gib + _BESIDE_GIB
    if has < needs:
        raise ConfigurationError(
            f"--shape: the weights and what goes with them take {needs:.0f} GiB, and "
            f"--gpu-memory-utilization {config.gpu_memory_utilization:g} leaves {has:.0f} GiB; take "
            f"{_smaller(has)}, or more GPUs by --tensor-parallel"
        )


def _smaller(gib: float) -> str:
    fitting = (name for name, one in SHAPES.items() if one.gib + _BESIDE_GIB <= gib)
    return f"--shape {next(fitting, 'tiny')}"
