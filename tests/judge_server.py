"""An OpenAI-compatible server that answers with one grade, in the ways servers differ."""

import asyncio
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from math import log
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from serve.quality.judge_sheet import load_sheet

Weights = dict[str, float]
Opinion = Callable[[str], Weights]
"""From the user's message to the probability of each token."""

_GOOD = {
    criterion.grades[3]
    for table in load_sheet().dimensions.values()
    for criterion in table.values()
}


def reader(text: str) -> Weights:
    """Reads the grades: wherever the second best stands, it gets 0.8 and its neighbours 0.1 each."""
    lines = dict(line.split(": ", 1) for line in text.splitlines() if line[:2] in _LABELS)
    best = next(int(label) for label, grade in lines.items() if grade in _GOOD)
    return {str(best - 1): 0.1, str(best): 0.8, str(best + 1): 0.1}


_LABELS = {f"{number}:" for number in range(1, 6)}


def stubborn(_: str) -> Weights:
    """Likes the figure 4, whatever it stands for."""
    return {"4": 0.9, "5": 0.1}


class JudgeServer:
    """`knows`: fields beyond the plain ones that are not refused with 400."""

    def __init__(
        self,
        opinion: Opinion = reader,
        *,
        knows: tuple[str, ...] = ("structured_outputs", "chat_template_kwargs", "logprobs", "seed"),
        tells: bool = True,
        fails: Callable[[], Response] | None = None,
        hangs: bool = False,
    ) -> None:
        self._opinion, self._knows, self._tells = opinion, knows, tells
        self._fails, self._hangs = fails, hangs
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.url = ""

    async def answer(self, request: Request) -> Response:
        body = await request.json()
        self.requests.append(body)
        self.keys.append(request.headers.get("authorization", ""))
        if self._hangs:
            await asyncio.sleep(3600)
        if self._fails:
            return self._fails()
        plain = {"model", "messages", "max_tokens", "temperature", "top_logprobs"}
        unknown = set(body) - plain - set(self._knows)
        if unknown:
            return JSONResponse({"error": {"message": f"unknown {sorted(unknown)}"}}, 400)
        return JSONResponse(self._completion(self._opinion(body["messages"][1]["content"]), body))

    def _completion(self, weights: Weights, body: dict[str, Any]) -> dict[str, Any]:
        token = max(weights, key=weights.__getitem__)
        choice: dict[str, Any] = {
            "index": 0,
            "message": {"role": "assistant", "content": token},
            "finish_reason": "length",
        }
        if self._tells and body.get("logprobs"):
            top = [{"token": name, "logprob": log(weight)} for name, weight in weights.items()]
            drawn = {"token": token, "logprob": log(weights[token]), "top_logprobs": top}
            choice["logprobs"] = {"content": [drawn]}
        return {"id": "c", "object": "chat.completion", "created": 0, "choices": [choice]}


@contextmanager
def running(server: JudgeServer) -> Generator[JudgeServer]:
    """The server on a free port of this machine, in a thread of its own."""
    app = FastAPI()
    app.add_api_route("/v1/chat/completions", server.answer, methods=["POST"])
    config = uvicorn.Config(app, port=0, log_level="error", timeout_graceful_shutdown=1)
    uvicorn_server = uvicorn.Server(config)
    thread = threading.Thread(target=uvicorn_server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not uvicorn_server.started:
        assert time.monotonic() < until, "the test server did not start"
        time.sleep(0.01)
    port = uvicorn_server.servers[0].sockets[0].getsockname()[1]
    server.url = f"http://127.0.0.1:{port}/v1"
    yield server
    uvicorn_server.should_exit = True
    thread.join(10)
