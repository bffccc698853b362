"""A platform of the load test's own: nobody else's Redis, alerts or reviews see its traffic."""

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager

import httpx
from rich.console import Console

from serve.errors import ConfigurationError
from serve.local.platform import Options, running
from serve.local.preflight import free_port
from serve.settings import Settings

_SHARED = ("REDIS_URL", "SLACK_WEBHOOK_URL", "EVENTSMITH_JUDGE_ENDPOINT")


@contextmanager
def platform(url: str, key: str, console: Console) -> Generator[tuple[str, str]]:
    """(URL, key) of the platform at `url`, or of one started here where that is empty.

    Raises ConfigurationError when it does not start, does not answer, or refuses the key.
    """
    if url:
        check(url.rstrip("/"), key)
        yield url.rstrip("/"), key
        return
    with tempfile.TemporaryDirectory(prefix="eventsmith-load-") as folder:
        for name in _SHARED:
            os.environ.pop(name, None)
        os.environ["EVENTSMITH_REVIEW_DATABASE"] = f"sqlite:///{folder}/reviews.db"
        own_key = Settings.own_key()
        with running(Options(port=free_port(), dashboard_port=free_port()), console) as own:
            yield own, own_key


def check(url: str, key: str) -> None:
    """Raises ConfigurationError with the cure."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        status = httpx.get(f"{url}/api/llm/config", headers=headers, timeout=10).status_code
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ConfigurationError(
            f"--url {url}: does not answer ({error}); start it by `make run`, or leave --url out"
        ) from error
    if status in (401, 403):
        raise ConfigurationError(
            f"EVENTSMITH_API_KEY: {url} refuses it ({status}); set it to one of the platform's "
            "EVENTSMITH_API_KEYS"
        )
