"""What a running platform listens on, and what a stranger hears there."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from pathlib import Path

import grpc
import psutil

from loadtest.processes import family, group

METHODS = (
    "/ray.rpc.InternalKVGcsService/InternalKVKeys",
    "/ray.rpc.NodeManagerService/GetNodeStats",
    "/ray.rpc.ObjectManagerService/Pull",
    "/ray.rpc.CoreWorkerService/GetCoreWorkerStats",
    "/ray.rpc.LogService/ListLogs",
    "/ray.serve.ASGIService/HandleRequest",
)
"""One of each kind of server that Ray runs: each port knows some of them."""


@dataclass(frozen=True, order=True)
class Listener:
    """A port, and the part of the platform behind it."""

    group: str
    address: str
    port: int

    @property
    def beyond_loopback(self) -> bool:
        address = ip_address(self.address)
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return not address.is_loopback


def listeners(root: psutil.Process) -> list[Listener]:
    """Every TCP port of a platform, in order."""
    found = {
        Listener(group(process), connection.laddr.ip, connection.laddr.port)
        for process in [root, *family(root)]
        for connection in process.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    }
    return sorted(found)


def grpc_answers(port: int, token: str = "") -> set[str]:
    """How a port answers each of `METHODS`: names of gRPC's status codes."""
    metadata = (("authorization", f"Bearer {token}"),) if token else ()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        return {_code(channel, method, metadata) for method in METHODS}


def _code(channel: grpc.Channel, method: str, metadata: tuple[tuple[str, str], ...]) -> str:
    call = channel.unary_unary(method).future(b"", timeout=5, metadata=metadata)
    return call.code().name


def told_to_processes(root: psutil.Process) -> Iterator[str]:
    """Command line and environment of each process: what whoever may list processes can read."""
    for process in [root, *family(root)]:
        yield "\0".join([*process.cmdline(), *process.environ().values()])


def written_below(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file there and what is in it, pipes and sockets left out."""
    for path in folder.rglob("*"):
        if path.is_file() and os.access(path, os.R_OK):
            yield path, path.read_bytes()
