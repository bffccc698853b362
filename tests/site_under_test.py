"""The real API under uvicorn, on loopback, and no Ray."""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from serve.api import Backend, create_api
from serve.local.preflight import free_port


@contextmanager
def site(built: Backend, around: Callable[[ASGIApp], ASGIApp] = lambda app: app) -> Generator[str]:
    """Its URL while the block runs; `around` it may stand what sees every request."""
    port = free_port()
    api = around(create_api(lambda: built))
    server = uvicorn.Server(uvicorn.Config(api, port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
