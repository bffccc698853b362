"""The device that is measured: its name, its memory and how busy it is, as `nvidia-smi` tells."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

_FIELDS = ("name", "driver_version", "memory.used", "memory.total", "utilization.gpu")
_EVERY_S = 0.5


class Gpu(NamedTuple):
    """One GPU at one moment; a figure that the driver does not tell is None."""

    name: str
    driver: str
    used_mib: float | None
    total_mib: float | None
    busy: float | None
    """Percent of the last moment in which anything ran on it."""


@dataclass(frozen=True, slots=True)
class GpuUse:
    """Over the time of a measurement, of the GPUs that were seen at work."""

    memory_mib: float | None
    """Most in use, on all of them together."""
    busy_mean: float | None
    """Percent."""
    samples: int


def gpus() -> list[Gpu]:
    """The visible ones; none where there is no `nvidia-smi`, or it fails."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if shutil.which("nvidia-smi") is None or visible == "":
        return []
    command = ["nvidia-smi", f"--query-gpu={','.join(_FIELDS)}", "--format=csv,noheader,nounits"]
    if visible is not None:
        command.append(f"--id={visible}")
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return []
    return parse(told.stdout)


def parse(text: str) -> list[Gpu]:
    """The lines of `nvidia-smi`."""
    lines = [[part.strip() for part in line.split(",")] for line in text.splitlines()]
    return [
        Gpu(line[0], line[1], *(_number(part) for part in line[2:]))
        for line in lines
        if len(line) == len(_FIELDS)
    ]


def any_gpu() -> bool:
    """Whether there is an NVIDIA GPU, found without starting CUDA in this process."""
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES") == ""
    return bool(gpus()) or (Path("/dev/nvidia0").exists() and not hidden)


def use(samples: Sequence[Sequence[Gpu]]) -> GpuUse | None:
    """None without a sample. An idle GPU beside the one at work does not lower the mean."""
    if not samples:
        return None
    used = [sum(gpu.used_mib or 0 for gpu in moment) for moment in samples]
    working = [
        max(busy) for moment in samples if (busy := [g.busy for g in moment if g.busy is not None])
    ]
    return GpuUse(
        memory_mib=max(used) or None,
        busy_mean=sum(working) / len(working) if working else None,
        samples=len(samples),
    )


@asynccontextmanager
async def watched() -> AsyncGenerator[list[list[Gpu]]]:
    """Samples of the GPUs, taken twice a second while the block runs; stays empty without any."""
    samples = list[list[Gpu]]()
    task = asyncio.create_task(_watch(samples))
    try:
        yield samples
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _watch(samples: list[list[Gpu]]) -> None:
    while found := await asyncio.to_thread(gpus):
        samples.append(found)
        await asyncio.sleep(_EVERY_S)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None  # `[N/A]` on a slice of a GPU
