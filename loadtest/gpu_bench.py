"""What an engine on this machine can do: latency and events a second by concurrency.

Needs vLLM and this repository, and no network: without --model, random weights of a public
architecture stand in for real ones, with which only speed is meaningful. Without a GPU it measures
the bundled model on the CPU. The last line is `device=… model=… weights=random|real
events_per_s_at_objectives=… concurrency_at_objectives=… ttft_p50_ms_c1=… tokens_per_s_max=…`.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from loadtest.gpu.device import gpus
from loadtest.gpu.pages import caution, write
from loadtest.gpu.plan import Plan, plan
from loadtest.gpu.result import Result
from loadtest.gpu.run import Outcome, run, say
from loadtest.gpu.shapes import SHAPES
from loadtest.gpu.tables import table
from loadtest.report import REPORTS, versions
from serve.errors import ConfigurationError, EngineError
from serve.prompts import available

_CURES = (
    "Where memory is short: a smaller --shape, a lower --gpu-memory-utilization or more GPUs by "
    "--tensor-parallel. An older GPU: --dtype half. No compiler: --enforce-eager. "
    "VLLM_LOGGING_LEVEL=INFO shows vLLM's own messages."
)


def main() -> None:
    arguments = parser().parse_args()
    # Nothing may be fetched; a model's folder has all that is needed.
    os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    os.environ.setdefault("VLLM_LOGGING_LEVEL", "ERROR")
    with tempfile.TemporaryDirectory(prefix="eventsmith-shape-") as folder:
        try:
            planned = plan(arguments, Path(folder))
        except ConfigurationError as error:
            sys.exit(str(error))
        try:
            outcome = asyncio.run(run(planned))
        except (EngineError, ImportError, OSError, RuntimeError, ValueError) as error:
            sys.exit(f"the engine did not do it: {type(error).__name__}: {error}\n{_CURES}")
    result = _result(planned, outcome)
    say(f"report: {write(result, arguments.out)}")
    print(f"{table(result.levels)}\n{caution(result)}\n{result.last_line()}", flush=True)


def parser() -> argparse.ArgumentParser:
    asked = argparse.ArgumentParser("python -m loadtest.gpu_bench", description=__doc__)
    asked.add_argument(
        "--device",
        choices=("auto", "cpu", "gpu"),
        default="auto",
        help="auto: a GPU where there is one (%(default)s)",
    )
    what = asked.add_mutually_exclusive_group()
    what.add_argument("--model", help="folder with real weights, or `bundled`")
    what.add_argument(
        "--shape", choices=[*SHAPES], help="random weights (GPU: qwen2.5-7b; CPU: none, `bundled`)"
    )
    asked.add_argument("--prompt", choices=available(), help="(the configuration's)")
    _add_load(asked)
    _add_engine(asked)
    asked.add_argument(
        "--out",
        type=Path,
        default=REPORTS / "gpu-bench.json",
        help="figures; a Markdown report goes beside them (%(default)s)",
    )
    return asked


def _add_load(asked: argparse.ArgumentParser) -> None:
    load = asked.add_argument_group("what is asked")
    load.add_argument(
        "--concurrency",
        type=_count,
        nargs="+",
        default=[1, 2, 4, 8, 16, 32, 64],
        help="requests at a time, one or more levels (1 2 4 8 16 32 64)",
    )
    load.add_argument(
        "--events", type=_count, help="at each level (4 for each client, 32 at least)"
    )
    load.add_argument(
        "--draft-tokens",
        type=_count,
        default=136,
        help="normalise to drafts of so many tokens, and bound random ones to it (%(default)s, "
        "what the bundled model writes)",
    )
    load.add_argument(
        "--timeout", type=float, default=120.0, help="seconds for a request (%(default)s)"
    )
    load.add_argument("--min-p", type=float, help="sampling (the prompt's)")
    load.add_argument("--seed", type=int, default=0, help="of the orders (%(default)s)")


def _add_engine(asked: argparse.ArgumentParser) -> None:
    engine = asked.add_argument_group(
        "engine", "in place of configs/serve/gpu.yaml (on the CPU: local.yaml)"
    )
    engine.add_argument("--max-num-seqs", type=_count, help="requests in one batch")
    engine.add_argument("--dtype", choices=("auto", "bfloat16", "half", "float16"))
    engine.add_argument("--gpu-memory-utilization", type=_share, help="of each GPU, below 1")
    engine.add_argument("--tensor-parallel", type=_count, help="GPUs that share the model")
    engine.add_argument("--enforce-eager", action="store_true", help="no CUDA graphs")
    engine.add_argument("--threads", type=_count, help="of the CPU")
    engine.add_argument("--vllm", type=_table, help="further arguments of vLLM, a JSON object")


def _count(text: str) -> int:
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")


def _table(text: str) -> dict[str, Any]:
    try:
        table = json.loads(text)
    except json.JSONDecodeError as error:
        raise argparse.ArgumentTypeError(f"is not JSON: {error}") from error
    if not isinstance(table, dict):
        raise argparse.ArgumentTypeError("must be a JSON object")
    return table


def _share(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if 0 < number < 1:
        return number
    raise argparse.ArgumentTypeError(f"{text!r} is not a number between 0 and 1, such as 0.9")


def _result(planned: Plan, outcome: Outcome) -> Result:
    # Here both are loaded already; before the engine starts, its environment would come too late.
    import torch
    import vllm
    from vllm.platforms import current_platform

    found = gpus() if planned.config.device == "gpu" else []
    name = current_platform.get_device_name() if planned.config.device == "gpu" else "cpu"
    return Result(
        date=datetime.now(UTC).date().isoformat(),
        plan=planned,
        outcome=outcome,
        device=found[0].name if found else name,
        gpus=found,
        versions={
            "vllm": vllm.__version__,
            "torch": torch.__version__,
            "cuda": torch.version.cuda or "none",
            **versions("transformers", "xgrammar"),
        },
    )


if __name__ == "__main__":
    main()
