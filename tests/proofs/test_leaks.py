"""Nothing secret, and nothing about a player, is in what the platform writes: canaries, planted and searched.

Run it by `make prove-leaks`; it ends with `canaries=… places=… bytes_searched=… leaks=0`. Secrets come
once in variables, with a model server that repeats them in its refusals, and once in files, with the
engine in process.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import leaky_calls as calls
import planted_settings as planted
import pytest
import redis
import sqlalchemy as sa
import yaml
from canaries import Canaries, forms
from guarded_redis import GuardedRedis, guarded_redis
from live_platform import LivePlatform
from postgres_server import postgres
from receiver import Receiver, receiver
from rude_servers import rude_server

pytestmark = pytest.mark.proof
Heard = list[tuple[str, int, bytes]]


@pytest.mark.parametrize("form", ["variables", "files"])
def test_no_canary_is_anywhere(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    canaries, heard = Canaries(), Heard()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="es-leak-")))
        told, rude = stack.enter_context(receiver()), stack.enter_context(rude_server())
        database = stack.enter_context(postgres())
        store = stack.enter_context(guarded_redis(folder, canaries.plant("Redis' password")))
        secrets = planted.secrets(canaries, store.url, database, told)
        others = planted.environment(folder, told, rude.address, canaries, form)
        platform = LivePlatform(store, **others, **planted.given(secrets, folder, form))
        try:
            platform.start()
            named = ("run/", "answer of POST /api/llm/events")
            traced = ("message",) if form == "variables" else ()
            client = calls.Caller(platform.url, secrets["EVENTSMITH_API_KEYS"], heard)
            calls.identified(client, canaries, named + traced)
            _drive(platform, store, database, secrets, heard, canaries)
            if form == "variables":
                key = secrets["EVENTSMITH_EVALUATION_KEYS"]
                _evaluate(platform, key, folder / "evaluation")
            _ask_ray(platform, folder, heard)
            canaries.search("command lines", platform.command_lines().encode())
            _search_stores(store, database, canaries)
        finally:
            outlived = platform.stop()
        assert outlived == []
        _search(platform, folder, told, heard, canaries)
        leaks = list(canaries.leaks)
        found = _own_proof(canaries, folder / "run")
    with capsys.disabled():
        for leak in leaks:
            print(f"\n{leak.what} ({leak.form}) in {leak.place}: {leak.around!r}")
        print(
            f"\nsecrets_in={form} canaries={len(canaries.planted)} places={len(canaries.places)} "
            f"bytes_searched={canaries.searched} forms_found={found} "
            f"kept_and_found={len(canaries.kept)} leaks={len(leaks)}"
        )
    assert leaks == []
    others = [(name, status) for name, status, _ in heard if name.startswith(("Ray", "exporter"))]
    refused = [(name, status) for name, status in others if status != 200]
    assert refused == []
    assert canaries.not_kept() == set()
    assert _unheard(form, secrets, rude.received) == []
    assert told.said("switched off")
    statuses = {status for name, status, _ in heard if "/api/llm" in name}
    assert {200, 202, 401, 404, 409, 413, 422, 429, 503} <= statuses
    assert {status for status in statuses if status >= 500} == {503}


def _drive(
    platform: LivePlatform,
    store: GuardedRedis,
    database: str,
    secrets: dict[str, str],
    heard: Heard,
    canaries: Canaries,
) -> None:
    """Everything that is done with it, while it is well and while parts of it are not."""
    game, study, admin, alerts = (
        calls.Caller(platform.url, secrets[name], heard)
        for name in (
            "EVENTSMITH_API_KEYS", "EVENTSMITH_EVALUATION_KEYS", "EVENTSMITH_ADMIN_TOKEN",
            "EVENTSMITH_ALERTS_TOKEN",
        )
    )  # fmt: skip
    events = list(calls.players(game, canaries, 12))
    _until(lambda: _written(admin), 60)
    calls.repeated(game, canaries)
    calls.refused(game, canaries)
    calls.rated(game, canaries)
    calls.admin(admin, events, canaries)
    limited = [study("POST", calls.EVENTS, json=calls.event(canaries, n)) for n in range(8)]
    assert 429 in {answer.status_code for answer in limited}
    calls.alertmanager(alerts, canaries)
    store.freeze(True)
    events += calls.players(game, canaries, 4)
    assert admin("GET", "/api/llm/audit").status_code == 503
    store.freeze(False)
    platform.replica("EventEngine").kill()
    events += calls.players(game, canaries, 4)
    platform.replica("EventCache").kill()
    events += calls.players(game, canaries, 4)
    calls.admin(admin, events, canaries)
    _spoil(database, canaries)
    for path in ("/api/llm/reviews/next?reviewer=nobody", "/api/llm/reviews"):
        assert admin("GET", path).status_code == 503
    calls.strangers(platform.url, heard, canaries)
    time.sleep(3)  # what is written once a second is written


def _evaluate(platform: LivePlatform, key: str, folder: Path) -> None:
    """A suite against the platform, logged to an MLflow whose every file is here."""
    live = {"target": "platform", "url": platform.url, "key_env": "STUDY_KEY"}
    table = {"name": "live", "dataset": "smoke", "scenarios": 3, "models": {"live": live}}
    folder.mkdir()
    (folder / "live.yaml").write_text(yaml.safe_dump(table), "utf-8")
    finished = subprocess.run(
        [
            str(Path(sys.executable).with_name("eventsmith-eval")),
            "run",
            "live.yaml",
            "--out",
            "out",
        ],
        env=os.environ | {"STUDY_KEY": key, "MLFLOW_TRACKING_URI": f"sqlite:///{folder}/mlflow.db"},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr[-2000:]
    (folder / "printed").write_text(finished.stdout + finished.stderr)


def _written(admin: calls.Caller) -> bool:
    """Whether an event waits for review: the engine, the judge and the database have worked."""
    found = admin("GET", "/api/llm/reviews/next?reviewer=nobody").json()
    return found["item"] is not None


def _spoil(database: str, canaries: Canaries) -> None:
    """A document that nobody can read, with what a player might have sent in it."""
    document = json.dumps({"gameState": {"cash": canaries.plant("spoilt", kept_in=("items",))}})
    engine = sa.create_engine(database)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE review_items SET document = :it"), {"it": document})
    engine.dispose()


def _ask_ray(platform: LivePlatform, folder: Path, heard: Heard) -> None:
    """What the dashboard and every exporter tell."""
    token = (folder / "run" / "ray-token").read_text()
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=platform.dashboard, headers=headers, timeout=30) as ray:
        for path in (
            "/api/serve/applications/", "/api/v0/actors?detail=1", "/api/v0/tasks?detail=1",
            "/api/v0/workers?detail=1", "/api/v0/nodes?detail=1", "/api/v0/runtime_envs?detail=1",
            "/api/jobs/", "/api/cluster_status", "/nodes?view=summary", "/logical/actors", "/events",
        ):  # fmt: skip
            answer = ray.get(path)
            heard.append((f"Ray's {path}", answer.status_code, answer.content))
    for target in json.loads(platform.targets.read_text())[0]["targets"]:
        found = httpx.get(f"http://{target}/metrics", timeout=30)
        heard.append((f"exporter {target}", found.status_code, found.content))


def _unheard(form: str, secrets: dict[str, str], received: list[str]) -> list[str]:
    """What no rude server was sent, so that it could not repeat it."""
    sent = {"the judge's key": secrets["EVENTSMITH_JUDGE_KEY"], "MLflow's call": "/mlflow/"}
    if form == "variables":
        sent["the model server's key"] = secrets["VLLM_API_KEY"]
    everything = "\n".join(received)
    return [name for name, value in sent.items() if value not in everything]


def _search_stores(store: GuardedRedis, database: str, canaries: Canaries) -> None:
    entries = list(store.content())
    assert any(entry.startswith(b"es:seen:") for entry in entries)
    canaries.search("Redis", b"\n".join(entries))
    engine = sa.create_engine(database)
    with engine.begin() as connection:
        for table in ("review_items", "reviews"):
            rows = connection.execute(sa.text(f"SELECT * FROM {table}")).all()  # noqa: S608
            canaries.search(f"{table.removeprefix('review_')} in the database", repr(rows).encode())
    engine.dispose()


def _search(
    platform: LivePlatform, folder: Path, told: Receiver, heard: Heard, canaries: Canaries
) -> None:
    """All that the platform has written or said."""
    canaries.search("printed", platform.printed.encode())
    canaries.search_folder("run", folder / "run")
    for name in ("state", "evaluation"):
        canaries.search_folder(name, folder / name)  # nothing where nothing was written
    for name, _, content in heard:
        canaries.search(f"answer of {name}", content)
    for number, body in enumerate(told.bodies):
        canaries.search(f"message or spans {number}", body)


def _own_proof(canaries: Canaries, folder: Path) -> int:
    """Every form of every canary, written on purpose, is found; how many were written."""
    written = 0
    for canary in canaries.planted:
        for _, form in forms(canary.value):
            probe = Canaries()
            probe.planted.append(canary._replace(kept_in=()))
            (folder / "on-purpose").write_bytes(b"before " + form + b" after")
            probe.search("on-purpose", (folder / "on-purpose").read_bytes())
            assert probe.leaks, (canary, form)
            written += 1
    return written


def _until(done: Callable[[], object], seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(redis.RedisError):
            if done():
                return
        time.sleep(0.2)
    pytest.fail(f"not within {seconds:g} s")
