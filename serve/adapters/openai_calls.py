"""What every call to an OpenAI-compatible server has in common: address, deadline, errors."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from openai import APIConnectionError, APIError, APIStatusError, AsyncOpenAI

from serve.errors import EngineError, EngineTimeout, EngineUnavailable

_AWAY = frozenset({429, 500, 502, 503, 504})
_NO_COMPLETION = (APIError, ValueError, AttributeError, TypeError)
"""What the client raises for an answer in some other form; it does not check what it reads."""


def client(endpoint: str, key: str) -> AsyncOpenAI:
    """For a base URL with or without `/v1`. No retries: a deadline is one for the whole graph."""
    base = endpoint if endpoint.endswith("/v1") else f"{endpoint}/v1"
    return AsyncOpenAI(base_url=base, api_key=key or "none", max_retries=0)


@asynccontextmanager
async def answered_within(seconds: float) -> AsyncGenerator[None]:
    """Raises EngineTimeout when the time is over, EngineUnavailable when nobody answers.

    A refusal (any other 4xx) is an EngineError, and so is what is no completion.
    """
    # No error is chained to the server's own: logs would repeat what it says, which may be the key.
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise EngineTimeout(f"no completion within {seconds:.1f} s") from None
    except APIConnectionError:
        raise EngineUnavailable("the model server does not answer") from None
    except APIStatusError as error:
        if error.status_code in _AWAY:
            raise EngineUnavailable(f"the model server says {error.status_code}") from None
        raise EngineError(f"the model server refuses: {error.status_code}") from None
    except _NO_COMPLETION:
        raise EngineError("the model server's answer is no completion") from None
