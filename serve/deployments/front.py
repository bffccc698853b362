"""What stands before Ray Serve in every API replica.

Serve's bookkeeping of a request costs several times what a hit costs: a context, metrics, a task that
waits for the caller to hang up. A hit has nothing to cancel, to queue or to wait for, so it is answered
before all that; whatever has to wait goes through Serve as ever. Ray Serve calls `middlewares` in each
HTTP server when `RAY_SERVE_HTTP_PROXY_CALLBACK_IMPORT_PATH=serve.deployments.front:middlewares` is set
where Ray starts; unset, everything goes through Serve.
"""

from typing import Any

from ray import serve as ray_serve
from ray.serve.exceptions import RayServeException
from starlette.middleware import Middleware

from serve.api.backend import Backend
from serve.api.hot_path import AtOnce


def middlewares() -> list[Middleware]:
    return [Middleware(AtOnce, find_backend=find_backend)]


def find_backend() -> Backend | None:
    """This replica's, None in a process that has none."""
    try:
        instance: Any = ray_serve.get_replica_context().servable_object
    except RayServeException:
        return None
    return getattr(instance, "backend", None)
