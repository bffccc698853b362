"""Builds the ASGI application around a backend that is looked up per request.

Ray Serve builds the application on the replica, before there is an instance to stand on: hence the
look-up, and hence no state on the application itself.
"""

from fastapi import FastAPI

from serve.api import alerts, document, events, operations, problems, review, rollout
from serve.api.backend import GetBackend
from serve.api.guard import table
from serve.api.hot_path import HotPath
from serve.api.last_resort import LastResort
from serve.api.limits import BodyLimit


def create_api(get_backend: GetBackend) -> FastAPI:
    """The whole HTTP contract."""
    app = FastAPI(
        title="eventsmith",
        version="0.1.0",
        summary="Game events written by a language model, served with a deadline.",
        docs_url="/docs",
        redoc_url=None,
        redirect_slashes=False,  # the way back would lead to whatever host the caller named
    )
    problems.install(app)
    routers = (
        *events.routers(get_backend),
        *operations.routers(get_backend),
        alerts.router(get_backend),
        *review.routers(get_backend),
        *rollout.routers(get_backend),
    )
    for router in routers:
        app.include_router(router)
    list(table(app))  # raises for a route that nobody guards
    document.completed(app)
    app.add_middleware(HotPath, get_backend=get_backend)
    app.add_middleware(BodyLimit)
    app.add_middleware(LastResort)
    return app
