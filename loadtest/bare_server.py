"""The floor: uvicorn, FastAPI and one Redis GET, and nothing of ours."""

import os
from typing import Any

from fastapi import FastAPI, Response
from redis.asyncio import Redis

app = FastAPI()
_redis = Redis.from_url(os.environ["REDIS_URL"])


@app.post("/api/llm/events")
async def event(_: dict[str, Any]) -> Response:
    return Response(await _redis.get("bare"), media_type="application/json")
