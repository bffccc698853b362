"""The real API under uvicorn, on loopback, and no Ray."""

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager

import uvicorn

from serve.api import Backend, create_api
from serve.local.preflight import free_port


@contextmanager
def site(built: Backend) -> Generator[str]:
    """Its URL while the block runs."""
    port = free_port()
    api = create_api(lambda: built)
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
