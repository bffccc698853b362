"""pip-audit itself, asking a server that speaks as OSV does: what it knows, and whether it knows anything."""

import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from deploy.supply_chain.advisories import CANARY, Audit, Finding, audit
from deploy.supply_chain.lock import Package

_CLICK = Package("click", "8.0.0", ())
_HELD = [Package("torch", "2.13.0+cpu", ()), _CLICK, Package("click", "8.1.0", ())]


def advisory(name: str, fixed: str) -> dict[str, Any]:
    changed = {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}
    package = {"name": name, "ecosystem": "PyPI"}
    return {
        "id": f"PYSEC-{name}",
        "aliases": [f"GHSA-{name}"],
        "summary": "made for a test",
        "affected": [{"package": package, "ranges": [changed]}],
    }


@contextmanager
def osv(known: dict[tuple[str, str], str]) -> Generator[str]:
    """Its URL; (package, version) to the version that fixes it."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            name, version = asked["package"]["name"], asked["version"]
            fixed = known.get((name, version))
            self.send_response(200)
            self.end_headers()
            found = {"vulns": [advisory(name, fixed)]} if fixed else {}
            self.wfile.write(json.dumps(found).encode())

        def log_request(self, code: object = "-", size: object = "-") -> None: ...

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1/query"
        finally:
            server.shutdown()
            thread.join()


_OLD = {(CANARY.name, CANARY.version): "2.10.1"}


@pytest.mark.parametrize(
    ("known", "found"),
    [
        (_OLD, ()),
        (
            _OLD | {("click", "8.0.0"): "8.1"},
            (Finding("click", "8.0.0", ("PYSEC-click", "GHSA-click"), ("8.1",)),),
        ),
        (
            _OLD | {("torch", "2.13.0"): "2.14"},
            (Finding("torch", "2.13.0", ("PYSEC-torch", "GHSA-torch"), ("2.14",)),),
        ),
    ],
    ids=["none", "of one of two versions", "of a builder's version"],
)
def test_what_a_source_knows_is_found(
    known: dict[tuple[str, str], str], found: tuple[Finding, ...]
) -> None:
    with osv(known) as url:
        assert audit(_HELD, {"osv": ("--osv-url", url)}) == Audit("osv", found)


def test_a_source_that_never_heard_of_an_old_hole_was_not_asked() -> None:
    with osv({("click", "8.0.0"): "8.1"}) as url:
        assert audit(_HELD, {"osv": ("--osv-url", url)}) is None


def test_a_source_that_is_not_there_was_not_asked() -> None:
    assert audit(_HELD, {"osv": ("--osv-url", "http://127.0.0.1:9/v1/query")}) is None
