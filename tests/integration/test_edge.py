"""TLS in front of the platform: who is served through it, what can be reached, and who is cut off."""

import http.client
import json
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest
from edge_proxy import ANOTHER, OPERATOR, OUTSIDE, Edge, edge
from fakes import MemoryStore
from live_platform import request
from served import backend, keyring
from site_under_test import site
from starlette.types import ASGIApp, Receive, Scope, Send

KEY, ADMIN = "game-key-that-is-secret", "admin-token-that-is-secret"
_PATH, _AS_GAME = "/api/llm/events", {"Authorization": f"Bearer {KEY}"}
_PATIENCE_S = 5.0
"""`timeout http-request` of the configuration."""


class Seen:
    """What reaches the platform."""

    def __init__(self) -> None:
        self.headers = list[tuple[str, str]]()

    def around(self, app: ASGIApp) -> ASGIApp:
        async def noted(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                self.headers = [(name.decode(), value.decode()) for name, value in scope["headers"]]
            await app(scope, receive, send)

        return noted


@pytest.fixture(scope="module")
def seen() -> Seen:
    return Seen()


@pytest.fixture(scope="module")
def proxy(seen: Seen) -> Iterator[Edge]:
    built = backend(MemoryStore(), keyring((KEY,), ADMIN, 1e6))
    with site(built, seen.around) as url, edge(url) as running:
        yield running


def game(proxy: Edge, source: str = OUTSIDE, **options: object) -> httpx.Client:
    transport = httpx.HTTPTransport(verify=proxy.trusting, local_address=source, **options)  # pyright: ignore[reportArgumentType]
    return httpx.Client(
        transport=transport, base_url=f"https://localhost:{proxy.tls}", headers=_AS_GAME, timeout=15
    )


def status(proxy: Edge, method: str, path: str, source: str = OUTSIDE, key: str = ADMIN) -> int:
    """Of a path sent as it is written here, dots and all."""
    caller = http.client.HTTPSConnection("localhost", proxy.tls, context=proxy.trusting)
    caller.sock = proxy.connect(source)
    caller.putrequest(method, path, skip_accept_encoding=True)
    caller.putheader("Authorization", f"Bearer {key}")
    caller.endheaders()
    try:
        return caller.getresponse().status
    finally:
        caller.close()


def test_a_game_gets_its_event(proxy: Edge) -> None:
    with game(proxy) as http:
        answer = http.post(_PATH, json=request())
        assert answer.status_code == 200, answer.text
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        assert "server" not in answer.headers
        event = answer.json()["event"]["eventId"]
        rating = {"playerId": "p", "rating": 5}
        assert http.post(f"{_PATH}/{event}/feedback", json=rating).status_code in (200, 404)
    assert (
        game(proxy)
        .post(_PATH, json=request(), headers={"Authorization": "Bearer x"})
        .is_client_error
    )


@pytest.mark.parametrize("protocol", ["h2", "http/1.1"])
def test_both_versions_of_http(proxy: Edge, protocol: str) -> None:
    context = proxy.trusting
    context.set_alpn_protocols([protocol])
    with proxy.connect(context=context) as connection:
        assert connection.selected_alpn_protocol() == protocol
        assert connection.version() == "TLSv1.3"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_versions_of_tls_are_refused(proxy: Edge, version: ssl.TLSVersion) -> None:
    context = proxy.trusting
    context.minimum_version = context.maximum_version = version
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises(ssl.SSLError, match=r"(?i)alert protocol version"):
        proxy.connect(context=context)


def test_a_cipher_without_forward_secrecy_is_refused(proxy: Edge) -> None:
    context = proxy.trusting
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("AES128-GCM-SHA256:AES256-SHA")
    with pytest.raises(ssl.SSLError, match=r"(?i)handshake failure"):
        proxy.connect(context=context)


def test_a_client_that_does_not_know_the_certificate_goes_away(proxy: Edge) -> None:
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.post(f"https://localhost:{proxy.tls}{_PATH}", json=request())


def test_http_is_sent_to_https(proxy: Edge) -> None:
    answer = httpx.post(f"http://localhost:{proxy.plain}{_PATH}?a=b", json=request())
    assert answer.status_code == 308
    assert answer.headers["location"] == f"https://localhost:{proxy.tls}{_PATH}?a=b"


_CLOSED = [
    ("GET", "/api/llm/flags/llm-events"), ("PUT", "/api/llm/flags/llm-events"),
    ("GET", "/api/llm/rollout"), ("POST", "/api/llm/alerts"), ("GET", "/api/llm/metrics"),
    ("GET", "/api/llm/health"), ("GET", "/api/llm/config"), ("GET", "/review"), ("GET", "/docs"),
    ("GET", "/openapi.json"), ("GET", "/readyz"), ("GET", "/-/routes"), ("GET", "/"),
    ("GET", f"{_PATH}/d1.x"), ("POST", f"{_PATH}/"), ("POST", f"{_PATH}/d1"),
    ("GET", "//api/llm/flags/llm-events"), ("GET", f"{_PATH}/../flags/llm-events"),
    ("GET", f"{_PATH}/%2e%2e/flags/llm-events"), ("GET", f"{_PATH}/x/feedback/../../flags"),
    ("GET", f"{_PATH};/../flags/llm-events"), ("GET", "/API/LLM/flags/llm-events"),
    ("POST", f"{_PATH}/x%2Ffeedback"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), _CLOSED)
def test_nothing_else_is_there_from_outside(
    proxy: Edge, seen: Seen, method: str, path: str
) -> None:
    seen.headers = []
    assert status(proxy, method, path) == 404
    assert seen.headers == [], "it reached the platform"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "TRACE", "OPTIONS"])
def test_games_may_only_post(proxy: Edge, method: str) -> None:
    assert status(proxy, method, _PATH) == 405


def test_operators_reach_everything_from_their_network(proxy: Edge) -> None:
    assert status(proxy, "GET", "/api/llm/flags/llm-events", OPERATOR) == 200
    assert status(proxy, "GET", "/api/llm/flags/llm-events", OPERATOR, key=KEY) == 403
    assert status(proxy, "GET", "/api/llm/flags/llm-events", ANOTHER) == 404


def test_what_only_proxies_say_is_not_believed(proxy: Edge, seen: Seen) -> None:
    forged = {
        "X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil",
        "X-Real-IP": "6.6.6.6", "X_Forwarded_For": "6.6.6.6", "Forwarded": "for=6.6.6.6",
        "X-Ray-Authorization": "Bearer x", "Serve-Multiplexed-Model-Id": "x",
        "serve_multiplexed_model_id": "x",
    }  # fmt: skip
    with game(proxy, ANOTHER) as http:
        http.post(_PATH, json=request(), headers=forged)
    told = [
        (name, value) for name, value in seen.headers if name.startswith(("x", "f", "s", "ray"))
    ]
    assert sorted(told) == [("x-forwarded-for", ANOTHER), ("x-forwarded-proto", "https")]


def test_a_large_body_is_refused_unread(proxy: Edge, seen: Seen) -> None:
    seen.headers = []
    with game(proxy) as http:
        http.headers["Content-Type"] = "application/json"
        assert http.post(_PATH, content=b"x" * 65_537).status_code == 413
        assert seen.headers == []
        pieces = (
            b"x" * 10_000 for _ in range(10)
        )  # of unannounced length: the platform's own limit
        assert http.post(_PATH, content=pieces).status_code == 413


@pytest.mark.parametrize("sent", ["headers", "body"])
def test_who_dribbles_is_cut_off_and_others_are_served(proxy: Edge, seen: Seen, sent: str) -> None:
    head = f"POST {_PATH} HTTP/1.1\r\nHost: localhost\r\n"
    if sent == "body":
        head += "Content-Length: 1000\r\n\r\n"
    began, seen.headers = time.monotonic(), []
    with ExitStack() as stack:
        slow = [stack.enter_context(proxy.connect()) for _ in range(50)]
        for connection in slow:
            connection.sendall(head.encode())
        took = dribble_until_cut(slow, proxy)
        assert seen.headers == [] or ("x-forwarded-for", OUTSIDE) not in seen.headers
    assert max(took) < 0.5
    assert _PATIENCE_S - 1 < time.monotonic() - began < _PATIENCE_S + 3


def dribble_until_cut(slow: list[ssl.SSLSocket], proxy: Edge) -> list[float]:
    """A byte each half second on every connection; how long others wait for an event meanwhile."""
    took, alive = list[float](), list(slow)
    with game(proxy, ANOTHER) as http:
        while alive:
            began = time.monotonic()
            assert http.post(_PATH, json=request()).status_code == 200
            took.append(time.monotonic() - began)
            time.sleep(0.5)
            alive = [connection for connection in alive if not cut(connection)]
    return took


def cut(connection: ssl.SSLSocket) -> bool:
    """Whether it has been answered 408, or closed; else it is sent one more byte."""
    connection.settimeout(0.005)
    try:
        said = connection.recv(4096)
        assert said == b"" or said.startswith(b"HTTP/1.1 408")
        return True
    except TimeoutError:
        connection.sendall(b"x")
        return False
    except (ssl.SSLError, ConnectionError):
        return True


def test_one_address_holds_so_many_connections_and_no_more(proxy: Edge) -> None:
    with ExitStack() as stack:
        plain = [
            stack.enter_context(
                socket.create_connection(("127.0.0.1", proxy.tls), 5, ("127.0.0.4", 0))
            )
            for _ in range(220)
        ]
        time.sleep(0.2)
        refused = sum(gone(connection) for connection in plain)
        assert refused == 20
        with game(proxy, ANOTHER) as http:
            assert http.post(_PATH, json=request()).status_code == 200


def gone(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def test_a_certificate_is_renewed_without_a_restart(proxy: Edge) -> None:
    before, body = proxy.trusting, json.dumps(request()).encode()
    half = f"POST {_PATH} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {KEY}\r\n"
    half += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    with proxy.connect(context=before) as under_way:
        under_way.sendall(half.encode())
        proxy.renew()
        for _ in range(100):
            try:
                proxy.connect().close()
                break
            except ssl.SSLCertVerificationError:
                time.sleep(0.05)  # the old one still answers
        with pytest.raises(ssl.SSLCertVerificationError):
            proxy.connect(context=before)
        under_way.sendall(body)
        assert under_way.recv(4096).startswith(b"HTTP/1.1 200")
    with game(proxy) as http:
        assert http.post(_PATH, json=request()).status_code == 200
