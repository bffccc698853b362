"""The HTTP contract: `create_api` builds it around a `Backend`, with no knowledge of Ray."""

from serve.api.app import create_api
from serve.api.backend import Backend

__all__ = ["Backend", "create_api"]
