"""What a run found, where and with what: as figures for machines, and as its last line."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

from loadtest.gpu.device import Gpu
from loadtest.gpu.levels import OBJECTIVES_S, Level, highest
from loadtest.gpu.plan import Plan
from loadtest.gpu.run import Outcome
from loadtest.report import machine, told


@dataclass(frozen=True)
class Result:
    """A run, and what it ran on."""

    date: str
    plan: Plan
    outcome: Outcome
    device: str
    gpus: Sequence[Gpu]
    versions: dict[str, str]

    @property
    def levels(self) -> list[Level]:
        return self.outcome.levels

    def last_line(self) -> str:
        """All in `key=value`; 0 where not even the first level keeps the objectives."""
        best = highest(self.levels)
        return told(
            {
                "device": self.device.replace(" ", "_"),
                "model": self.plan.model.replace(" ", "_"),
                "weights": self.plan.weights,
                "events_per_s_at_objectives": best.events_per_s if best else 0.0,
                "concurrency_at_objectives": best.concurrency if best else 0,
                "ttft_p50_ms_c1": self._first_token_ms(),
                "tokens_per_s_max": round(max(one.tokens_per_s for one in self.levels)),
            }
        )

    def _first_token_ms(self) -> float | str:
        alone = (one.ttft_p50_ms for one in self.levels if one.concurrency == 1)
        return next(alone, "none")

    def numbers(self) -> dict[str, Any]:
        """For machines; what is not finite is null."""
        plan, shape = self.plan, self.plan.shape
        found: dict[str, Any] = {
            "date": self.date,
            "device": self.device,
            "gpus": [gpu._asdict() for gpu in self.gpus],
            "machine": machine(),
            "versions": self.versions,
            "model": {
                "name": plan.model,
                "weights": plan.weights,
                "parameters": shape.parameters if shape else None,
                "shape": asdict(shape) if shape else None,
            },
            "engine": plan.config.model_dump() | {"model": plan.model},
            "engine_ready_s": round(self.outcome.ready_s, 1),
            "prompt": plan.prompt.version,
            "draft_tokens_normalised_to": plan.draft_tokens,
            "text_bounds_share": self.outcome.share,
            "objectives_s": OBJECTIVES_S,
            "at_objectives": _at(highest(self.levels)),
            "at_objectives_normalised": _at(highest(self.levels, normalised=True)),
            "levels": [asdict(one) for one in self.levels],
        }
        return _finite(found)


def _at(level: Level | None) -> dict[str, float] | None:
    if level is None:
        return None
    return {
        "concurrency": level.concurrency,
        "events_per_s": level.events_per_s,
        "events_per_s_normalised": level.events_per_s_normalised,
    }


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _finite(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not isfinite(value) else value
