"""What leaves a replica, or goes into logs, messages and the store, without any text of a client's."""

import asyncio
import traceback
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import SpanContext
from receiver import receiver
from rude_servers import MOODS, rude_server
from samples import POLICY
from starlette.types import Receive, Scope, Send

from serve import telemetry
from serve.adapters.openai_engine import OpenAIEngine
from serve.adapters.redis_store import RedisStore
from serve.adapters.slack import Slack
from serve.api.contract import FlagChange
from serve.api.last_resort import LastResort
from serve.api.request_id import cleaned, named
from serve.api.rollout.routes import RolloutChange
from serve.domain.brief import Situation
from serve.domain.state import GameState, Locale
from serve.errors import EngineError
from serve.generation import WARM_UP
from serve.local.redis_server import RedisServer
from serve.metrics import SLACK
from serve.serving import Order
from serve.settings import PoolConfig, Settings
from serve.tally import Tally

_SECRET = "cnry-of-this-test"


def test_an_order_names_canonical_infrastructure_alone() -> None:
    state = GameState(
        current_turn=3, cash=1, users=1, trust=50, infrastructure=("EC2", _SECRET, "ElastiCache")
    )
    situation = Situation.of(state, Locale.KO, POLICY)
    order = Order(situation=situation, state=state, event_type=None, known=())
    assert order.state.infrastructure == ("EC2", "Redis")
    assert _SECRET not in order.model_dump_json()
    assert state.infrastructure == ("EC2", _SECRET, "Redis")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ([b"a-1.b:c@d_e"], True),
        ([b"x" * 128], True),
        ([b"x" * 129], False),
        ([b""], False),
        ([b"two words"], False),
        ([b"line\tend"], False),
        (["글".encode()], False),
        ([b"one", b"two"], False),
        ([], False),
    ],
)
def test_an_id_is_the_callers_where_it_is_one(sent: list[bytes], kept: bool) -> None:
    scope = {"headers": [(b"host", b"h"), *((b"x-request-id", value) for value in sent)]}
    passed = {"headers": list(scope["headers"])}
    cleaned(passed)
    name, value = named(scope)
    assert passed["headers"] == [(b"host", b"h"), *([(name, value)] if kept else [])]
    assert scope["headers"].count((name, value)) == 1
    assert len(scope["headers"]) == 2
    assert value == sent[0] if kept else len(value) == 32


async def _broken(scope: Scope, receive: Receive, send: Send) -> None:
    raise ValueError(_SECRET)


async def _broken_half_way(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise ValueError(_SECRET)


async def test_a_fault_of_ours_is_told_by_its_place(caplog: pytest.LogCaptureFixture) -> None:
    transport = httpx.ASGITransport(LastResort(_broken))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as api:
        answer = await api.get("/")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert _SECRET not in answer.text + caplog.text
    assert "ValueError" in caplog.text
    assert "_broken" in caplog.text


async def test_an_answer_that_has_begun_is_cut_off(caplog: pytest.LogCaptureFixture) -> None:
    sent = list[Any]()

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any: ...

    await LastResort(_broken_half_way)({"type": "http"}, receive, send)
    assert [message["status"] for message in sent] == [200]
    assert _SECRET not in caplog.text


async def test_what_a_model_server_says_is_not_repeated() -> None:
    """Not even in the trace of what was raised, which Ray logs."""
    outcomes = list[str]()
    with rude_server() as rude:
        engine = OpenAIEngine(f"http://{rude.address}/model", "m", _SECRET)
        for _ in MOODS:
            try:
                outcomes.append((await engine.complete(WARM_UP)).finish_reason)
            except EngineError as error:
                outcomes.append("".join(traceback.format_exception(error)))
        await engine.close()
    assert all(_SECRET in told for told in rude.received)
    assert _SECRET not in "".join(outcomes)
    assert outcomes.count("stop") == MOODS.count("good")
    for told in ("refuses: 401", "says 500", "is no completion"):
        assert any(told in outcome for outcome in outcomes)


def test_of_a_trace_the_parent_alone_is_continued() -> None:
    provider = TracerProvider()
    telemetry.install(provider)
    told = {
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "tracestate": f"a={_SECRET}",
        "baggage": f"b={_SECRET}",
    }
    try:
        with telemetry.span("event", carried=told):
            context: SpanContext = trace.get_current_span().get_span_context()
    finally:
        telemetry.install(None)
        provider.shutdown()
    assert f"{context.trace_id:x}" == "af7651916cd43dd8448eb211c80319c"
    assert not context.trace_state


async def test_a_message_is_no_markup() -> None:
    with receiver() as told:
        slack = Slack(told.slack_url, tally := Tally())
        await slack.tell("a <!channel> & <http://x|y>")
        for _ in range(500):
            await asyncio.sleep(0.01)
            if tally.counts[SLACK.name, ("sent",)]:
                break
    assert told.messages[0].body == {"text": "a &lt;!channel&gt; &amp; &lt;http://x|y&gt;"}


@pytest.mark.parametrize("kind", [FlagChange, RolloutChange])
def test_a_reason_is_one_line_of_print(kind: type[FlagChange | RolloutChange]) -> None:
    change = {
        "enabled": True,
        "action": "start",
        "reason": " it\r\nERROR forged\x1b[31m 한글\u202e ",
    }
    assert kind.model_validate(change).reason == "it ERROR forged[31m 한글"


async def test_the_store_knows_no_player_by_name(tmp_path: Path) -> None:
    server = RedisServer(tmp_path)
    server.start()
    try:
        store = RedisStore(server.url, PoolConfig())
        assert await store.claim(_SECRET, ["a"]) == "a"
        assert await store.claim(_SECRET, ["a"]) is None
        await store.close()
        keys = redis.Redis.from_url(server.url).keys()
    finally:
        server.stop()
    assert len(keys) == 1  # pyright: ignore[reportArgumentType] - typed for both clients
    assert _SECRET not in repr(keys)


def test_settings_show_no_address_that_may_hold_a_password() -> None:
    address = f"http://user:{_SECRET}@host"
    settings = Settings.from_environ(
        {
            "VLLM_ENDPOINT": address,
            "VLLM_MODEL": "m",
            "EVENTSMITH_JUDGE_ENDPOINT": address,
            "EVENTSMITH_JUDGE_MODEL": "j",
            "PROMPT_SOURCE": "registry",
            "MLFLOW_TRACKING_URI": address,
        }
    )
    assert settings.judge
    assert settings.prompts
    assert _SECRET not in repr(settings)
