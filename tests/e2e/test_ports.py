"""`eventsmith up` on 127.0.0.1: what listens, who is let in, and where Ray's token can be read."""

import stat
from concurrent.futures import ThreadPoolExecutor
from enum import Enum, auto
from pathlib import Path

import httpx
import psutil
import pytest
from listening import Listener, grpc_answers, listeners, told_to_processes, written_below
from live_platform import LivePlatform

pytestmark = pytest.mark.e2e
_DEPLOYMENTS = {"EventApi", "EventCache", "EventEngine", "EventValidator", "QualityScorer"}
_REFUSED, _CLOSED = "UNAUTHENTICATED", {"UNAUTHENTICATED", "UNIMPLEMENTED"}
_WRONG = "0" * 64


@pytest.fixture(scope="module")
def root(platform: LivePlatform) -> psutil.Process:
    assert platform._process is not None
    return psutil.Process(platform._process.pid)


@pytest.fixture(scope="module")
def token_file(root: psutil.Process) -> Path:
    (raylet,) = (one for one in root.children(recursive=True) if one.name() == "raylet")
    return Path(raylet.environ()["RAY_AUTH_TOKEN_PATH"])


@pytest.fixture(scope="module")
def token(token_file: Path) -> str:
    return token_file.read_text("utf-8")


@pytest.fixture(scope="module")
def found(root: psutil.Process) -> list[Listener]:
    return listeners(root)


@pytest.fixture(scope="module")
def dashboard(root: psutil.Process) -> str:
    command = root.cmdline()
    return f"http://127.0.0.1:{command[command.index('--dashboard-port') + 1]}"


class Speech(Enum):
    """What a port says to a request of HTTP/1."""

    HTTP = auto()
    GRPC = auto()
    NEITHER = auto()


def speech(listener: Listener) -> Speech:
    try:
        httpx.get(f"http://127.0.0.1:{listener.port}/", timeout=5)
    except httpx.RemoteProtocolError:
        return Speech.GRPC
    except httpx.ReadTimeout:
        return Speech.NEITHER
    return Speech.HTTP


@pytest.fixture(scope="module")
def heard(found: list[Listener]) -> dict[Listener, Speech]:
    with ThreadPoolExecutor(len(found)) as pool:
        return dict(zip(found, pool.map(speech, found), strict=True))


def test_beyond_loopback_a_port_of_each_replica_and_no_other(found: list[Listener]) -> None:
    """Serve's, on which deployments call each other: Ray has no setting for its address."""
    beyond = [one for one in found if one.beyond_loopback]
    print(*found, sep="\n")
    assert {one.group for one in beyond} == _DEPLOYMENTS
    assert len(beyond) == len(_DEPLOYMENTS)


def test_what_speaks_grpc_answers_nobody_without_the_token(
    heard: dict[Listener, Speech], token: str
) -> None:
    """Whoever were heard there could run code."""
    ports = [one for one, said in heard.items() if said is Speech.GRPC]
    assert {one.group for one in ports} >= {*_DEPLOYMENTS, "GCS", "raylet"}
    for one in ports:
        for stranger in ("", _WRONG):
            answers = grpc_answers(one.port, stranger)
            assert _REFUSED in answers, one
            assert answers <= _CLOSED, one
    (gcs,) = (one.port for one in ports if one.group == "GCS")
    assert _REFUSED not in grpc_answers(gcs, token)


def test_only_torch_of_the_engine_speaks_a_third_language(heard: dict[Listener, Speech]) -> None:
    """Its processes meet on these ports, which know no token: on loopback alone."""
    third = [one for one, said in heard.items() if said is Speech.NEITHER]
    assert {one.group for one in third} == {"EventEngine"}
    assert not any(one.beyond_loopback for one in third)


@pytest.mark.parametrize(
    "path", ["/api/jobs/", "/api/serve/applications/", "/nodes?view=summary", "/api/v0/actors"]
)
def test_the_dashboard_wants_the_token(dashboard: str, path: str, token: str) -> None:
    def status(bearer: str) -> int:
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        return httpx.get(dashboard + path, headers=headers, timeout=30).status_code

    assert [status(""), status(_WRONG), status(token)] == [401, 403, 200]


def test_nobody_hands_in_a_job_without_the_token(dashboard: str, token: str) -> None:
    job = {"entrypoint": "true"}
    for bearer, refused in (("", 401), (_WRONG, 403)):
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        answer = httpx.post(f"{dashboard}/api/jobs/", json=job, headers=headers, timeout=30)
        assert answer.status_code == refused
    known = httpx.get(f"{dashboard}/api/jobs/", headers={"Authorization": f"Bearer {token}"})
    assert [one for one in known.json() if one["type"] == "SUBMISSION"] == []


def test_a_guesser_of_keys_is_known_by_address_whatever_it_claims(platform: LivePlatform) -> None:
    """Through HAProxy; whoever calls from elsewhere is not made to wait."""

    def guess(number: int, source: str) -> int:
        headers = {"Authorization": f"Bearer wrong-{number}", "X-Forwarded-For": f"10.0.0.{number}"}
        transport = httpx.HTTPTransport(local_address=source)
        with httpx.Client(transport=transport, base_url=platform.url, timeout=30) as http:
            return http.post("/api/llm/events", json={}, headers=headers).status_code

    assert [guess(number, "127.0.0.77") for number in range(12)][-1] == 429
    assert guess(0, "127.0.0.78") == 401


def test_nobody_deploys_without_the_token(dashboard: str) -> None:
    answer = httpx.put(f"{dashboard}/api/serve/applications/", json={"applications": []})
    assert answer.status_code == 401


def test_the_token_lies_where_its_owner_alone_reads_it(token_file: Path) -> None:
    assert stat.S_IMODE(token_file.stat().st_mode) == 0o600
    # HAProxy's socket, which Ray makes for everybody to write to, lies below the same folder.
    assert stat.S_IMODE(token_file.parent.stat().st_mode) == 0o700


def test_the_token_is_told_to_no_process_and_in_no_log(
    root: psutil.Process, token_file: Path, token: str
) -> None:
    assert all(token not in told for told in told_to_processes(root))
    folder = token_file.parent
    holding = [path for path, content in written_below(folder) if token.encode() in content]
    assert holding == [token_file]
