"""Is this container healthy? `python -m serve.local.health`, exit status 0 if so.

Players get events, hand-written ones, before the model is loaded: a start is over when the engine has
answered once. From then on it is players getting events that counts, for restarting the platform helps
neither a dead engine nor a dead Redis.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.request import urlopen

_URL, _PATIENCE_S = "http://127.0.0.1:8000", 2.5
_STARTED = Path(tempfile.gettempdir(), "eventsmith-started")


def healthy(url: str = _URL, started: Path = _STARTED) -> bool:
    """Whether players get events, and the engine has answered since the container started."""
    try:
        if started.exists():
            return _get(f"{url}/readyz")["status"] == "ready"
        if _get(f"{url}/api/llm/health")["checks"]["vllm"] != "up":
            return False
        started.touch()
    except (OSError, ValueError, KeyError):  # an answer that is an error is an OSError, too
        return False
    return True


def _get(url: str) -> dict[str, Any]:
    with urlopen(url, timeout=_PATIENCE_S) as answer:  # noqa: S310 - it asks its own container
        return json.load(answer)


if __name__ == "__main__":
    sys.exit(not healthy())
