"""The floor: uvicorn, FastAPI and one Redis GET, and nothing of ours; and a model behind a gateway."""

import os
from collections import Counter
from typing import Any

from fastapi import FastAPI, Response
from redis.asyncio import Redis

from loadtest.hits import EVENT

app = FastAPI()
_redis = Redis.from_url(os.environ["REDIS_URL"])
_asked = Counter[str]()


@app.post("/api/llm/events")
async def event(_: dict[str, Any]) -> Response:
    return Response(await _redis.get("bare"), media_type="application/json")


@app.post("/v1/chat/completions")
async def completion(_: dict[str, Any]) -> dict[str, Any]:
    """What an OpenAI-compatible server answers; a gateway with a cache asks once."""
    _asked["completion"] += 1
    message = {"role": "assistant", "content": EVENT}
    return {
        "id": "bare",
        "object": "chat.completion",
        "created": 0,
        "model": "bare",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 150, "completion_tokens": 400, "total_tokens": 550},
    }


@app.get("/asked")
async def asked() -> int:
    """How often the model was asked."""
    return _asked.total()
