"""A candidate with an engine of its own: by stages to everybody, and back by itself when it hangs.

And, on the same platform, a second API replica by load.
"""

import json
import shutil
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from live_platform import ADMIN, KEY, LivePlatform, new_player, request

from loadtest.wrk import drive
from serve.cli import main
from serve.local.redis_server import RedisServer
from serve.models import bundled_model_path

pytestmark = pytest.mark.e2e
BY_LOAD = {
    "policy_function": "serve.deployments.scaling:ByLoad",
    "policy_kwargs": {"busy": 0.12},  # the load itself, on the same cores, leaves a replica little
}
CURRENT, CANDIDATE = "eventsmith-small", "eventsmith-next"


@pytest.fixture(scope="module")
def trying() -> Iterator[LivePlatform]:
    """A platform with the bundled model twice, the second under another name."""
    with tempfile.TemporaryDirectory(prefix="es-rollout-") as name:
        folder = Path(name)
        configs, model = folder / "configs", folder / CANDIDATE
        shutil.copytree("configs", configs)
        shutil.copytree(bundled_model_path(), model)
        path = configs / "serve/local.yaml"
        table = yaml.safe_load(path.read_text("utf-8"))
        args = table["applications"][0]["args"]
        args["candidate"] = {"engine": {**args["engine"], "model": str(model)}}
        args["rollout"] = {"look_every_s": 1}
        args["requests_per_second_per_key"] = 1e6
        deployments = table["applications"][0]["deployments"]
        engine = next(one for one in deployments if one["name"] == "EventEngine")
        deployments.append({**engine, "name": "EventEngineCanary"})
        for deployment in deployments:
            if deployment["name"] == "EventApi":
                deployment["autoscaling_config"] |= {"upscale_delay_s": 2, "policy": BY_LOAD}
        path.write_text(yaml.safe_dump(table), "utf-8")
        redis = RedisServer(folder)
        redis.start()
        live = LivePlatform(redis, EVENTSMITH_CONFIG_DIR=str(configs))
        try:
            live.start()
            yield live
            left = live.stop()
        finally:
            redis.stop()
        assert not left, f"processes left behind: {left}"


def rollout(live: LivePlatform, *arguments: str) -> dict[str, Any]:
    """By the command line; how it stands afterwards, once every replica knows."""
    with pytest.raises(SystemExit) as left:
        main(["rollout", "--url", live.url, "--key", ADMIN, *arguments])
    assert left.value.code == 0
    time.sleep(1.5)
    return live.admin.get("/api/llm/rollout").json()


def models(live: LivePlatform, count: int) -> Counter[str]:
    """Whose events so many new players get."""
    return Counter(live.ask(deadlineMs=10_000).json()["model"] for _ in range(count))


def test_from_a_tenth_of_the_players_to_all_of_them_and_back(
    trying: LivePlatform, capsys: pytest.CaptureFixture[str]
) -> None:
    assert models(trying, 20).keys() <= {CURRENT, "static"}
    assert rollout(trying, "start", "--reason", "next model")["rollout"]["share"] == 0.1
    seen = models(trying, 100)
    assert 1 <= seen[CANDIDATE] <= 30
    assert seen[CURRENT] >= 60
    for share in (0.25, 0.5, 1.0):
        assert rollout(trying, "advance")["rollout"]["share"] == share
    assert models(trying, 20).keys() <= {CANDIDATE, "static"}
    assert rollout(trying, "rollback", "--reason", "seen enough")["rollout"]["share"] == 0
    assert models(trying, 20).keys() <= {CURRENT, "static"}
    rollout(trying, "status")
    assert "rolled_back" in capsys.readouterr().out


def test_a_candidate_that_hangs_is_taken_back_by_itself(trying: LivePlatform) -> None:
    rollout(trying, "start")
    rollout(trying, "advance")
    assert rollout(trying, "advance")["rollout"]["share"] == 0.5
    engine = trying.replica("EventEngineCanary")
    engine.send_signal(signal.SIGSTOP)
    try:
        answers = list[tuple[int, str]]()
        end = time.monotonic() + 90
        told: dict[str, Any] = {"status": "running"}
        while told["status"] == "running" and time.monotonic() < end:
            for number in range(10):
                asked = request(new_player(), currentTurn=1 + number * 3, deadlineMs=300)
                answer = trying.http.post("/api/llm/events", json=asked)
                answers.append((answer.status_code, answer.json()["source"]))
            told = trying.admin.get("/api/llm/rollout").json()["rollout"]
    finally:
        engine.send_signal(signal.SIGCONT)
    assert told["status"] == "rolled_back"
    assert told["changedBy"] == "controller"
    assert "errors" in told["reason"]
    assert {code for code, _ in answers} == {200}


def test_hits_alone_bring_a_second_api_replica(trying: LivePlatform) -> None:
    """Serve does not count them: only the policy of `serve.deployments.scaling` sees the load."""
    if shutil.which("wrk") is None:
        pytest.skip("NOT TESTED: no wrk, so no load brings a replica. `apt-get install -y wrk`")
    asked = json.dumps(request("PLAYER"))
    trying.until("pool")
    assert len(trying.replicas("EventApi")) == 1
    loading = threading.Thread(
        target=drive, args=(f"{trying.url}/api/llm/events", asked, 16, 60, KEY), daemon=True
    )
    loading.start()
    end = time.monotonic() + 90
    while len(trying.replicas("EventApi")) < 2 and time.monotonic() < end:
        time.sleep(0.5)
    assert len(trying.replicas("EventApi")) == 2
    loading.join()
