"""A model server that can misbehave: real HTTP, OpenAI's streaming completions, in a thread.

When it behaves it writes drafts from the bundled model's corpus, so that a platform behind which it stands
serves real events.
"""

import asyncio
import json
import threading
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from enum import StrEnum
from random import Random
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from serve.errors import ConfigurationError
from serve.local.preflight import free_port
from serve.models.corpus import completion, read

MODEL = "corpus"
_PIECE, _PAUSE_S = 24, 0.01
"""Characters in a piece of the stream, and between two pieces: some 0.2 s a draft."""
_SLOW_S = 0.5
_WORDS = ("서버", "{", "}", '"title"', "\\u", "users", ":", "-9", "\x07", "확장", "null", ",")
_START_S = 20.0


class Mode(StrEnum):
    """How it behaves."""

    WELL = "well"
    SLOW = "slow"
    """Half a second between two pieces: longer than any deadline."""
    GARBAGE = "garbage"
    """Something that is no draft, and says it is whole."""
    EMPTY = "empty"
    """Nothing, and says it is whole."""
    ENDLESS = "endless"
    """Goes on for as long as somebody listens."""


class ModelServer:
    """Answers in the `mode` it is in; may be switched at any time."""

    def __init__(self, seed: int = 0) -> None:
        self.mode = Mode.WELL
        self._rng = Random(seed)
        self._drafts = defaultdict[str, list[str]](list)
        for entry in read():
            if not (entry.uses or entry.offers):
                kind = f"{entry.locale}|{entry.written.type}"
                self._drafts[kind].append(completion(entry.written.draft))
        paths = {"/v1/models": self._models, "/v1/completions": self._complete}
        self.app = Starlette(
            routes=[Route(path, call, methods=["GET", "POST"]) for path, call in paths.items()]
        )

    def written(self, prompt: str) -> str:
        """What it writes for an order now, without end in one of the modes."""
        match self.mode:
            case Mode.EMPTY:
                return ""
            case Mode.GARBAGE:
                return "".join(self._rng.choices(_WORDS, k=120))
            case _:
                kind = "|".join(prompt.split("|")[:2])
                return self._rng.choice(self._drafts[kind])

    async def _models(self, _: Request) -> Response:
        return JSONResponse({"object": "list", "data": [{"id": MODEL, "object": "model"}]})

    async def _complete(self, request: Request) -> Response:
        asked: dict[str, Any] = await request.json()
        return StreamingResponse(self._stream(asked["prompt"]), media_type="text/event-stream")

    async def _stream(self, prompt: str) -> AsyncGenerator[str]:
        mode, text = self.mode, self.written(prompt)
        while mode is Mode.ENDLESS:
            yield _event(_WORDS[0], None)
            await asyncio.sleep(_PAUSE_S)
        for start in range(0, len(text), _PIECE):
            yield _event(text[start : start + _PIECE], None)
            await asyncio.sleep(_SLOW_S if mode is Mode.SLOW else _PAUSE_S)
        yield _event("", "stop")
        yield "data: [DONE]\n\n"


def _event(text: str, finish: str | None) -> str:
    choice = {"index": 0, "text": text, "finish_reason": finish, "logprobs": None}
    told = {"id": "c", "object": "text_completion", "created": 0, "model": MODEL}
    return f"data: {json.dumps(told | {'choices': [choice]}, ensure_ascii=False)}\n\n"


@contextmanager
def serving(server: ModelServer) -> Generator[str]:
    """Its address while the block runs. Raises ConfigurationError when it does not start."""
    port = free_port()
    config = uvicorn.Config(
        server.app, port=port, log_level="error", timeout_graceful_shutdown=1, lifespan="off"
    )
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, name="model server", daemon=True)
    thread.start()
    end = time.monotonic() + _START_S
    while not running.started:
        if time.monotonic() > end:
            raise ConfigurationError("the model server does not start")
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        running.should_exit = True
        thread.join(10)
