"""The environment and the configuration: wrong values are named with their cure."""

from pathlib import Path

import pytest
import yaml

from serve.errors import ConfigurationError
from serve.models import bundled_model_path
from serve.settings import JudgeConfig, PlatformArgs, Scope, Settings
from serve.settings.access import parsed


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LLM_EVENTS_ENABLED", "maybe"),
        ("LLM_EVENTS_TRIGGER_RATE", "2"),
        ("EVENT_CACHE_TTL_SECONDS", "soon"),
        ("EVENT_CACHE_TTL_SECONDS", "0"),
    ],
)
def test_a_wrong_value_names_its_variable(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        Settings.from_environ({name: value})


def test_the_environment_is_read() -> None:
    settings = Settings.from_environ(
        {
            "EVENTSMITH_API_KEYS": "one, two,",
            "LLM_EVENTS_ENABLED": "off",
            "VLLM_ENDPOINT": "http://models:8000/v1/",
        }
    )
    assert settings.access.keys == parsed("one,two", Scope.GAME)
    assert not settings.events_enabled
    assert settings.endpoint == "http://models:8000/v1"


def test_secrets_do_not_show() -> None:
    settings = Settings.from_environ(
        {
            "EVENTSMITH_API_KEYS": "k-1",
            "EVENTSMITH_ADMIN_TOKEN": "k-2",
            "REDIS_URL": "redis://:k-3@h",
        }
    )
    assert "k-" not in repr(settings)


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    held = tmp_path / "keys"
    held.write_text("one,two\n")
    settings = Settings.from_environ({"EVENTSMITH_API_KEYS_FILE": str(held)})
    assert settings.access.keys == parsed("one,two", Scope.GAME)


def test_a_secret_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"REDIS_URL_FILE: .* cannot be read"):
        Settings.from_environ({"REDIS_URL_FILE": str(tmp_path / "missing")})


def test_a_secret_has_one_place(tmp_path: Path) -> None:
    held = tmp_path / "token"
    held.write_text("from the file")
    both = {"EVENTSMITH_ADMIN_TOKEN": "t", "EVENTSMITH_ADMIN_TOKEN_FILE": str(held)}
    with pytest.raises(ConfigurationError, match="keep one of them"):
        Settings.from_environ(both)


SERVER = {"EVENTSMITH_JUDGE_ENDPOINT": "http://j:1/v1/", "EVENTSMITH_JUDGE_MODEL": "qwen"}


def test_without_an_endpoint_there_is_no_judge() -> None:
    assert Settings.from_environ({}).judge is None
    assert Settings.from_environ({"EVENTSMITH_JUDGE_MODEL": "qwen"}).judge is None


def test_a_judge_on_its_own_server() -> None:
    judge = Settings.from_environ(SERVER | {"EVENTSMITH_JUDGE_KEY": "k-4"}).judge
    assert judge == JudgeConfig("http://j:1/v1", "qwen", "k-4", 0.05)
    assert "k-4" not in repr(judge)


def test_the_engines_server_as_judge() -> None:
    engine = {"VLLM_ENDPOINT": "http://m:8000/", "VLLM_MODEL": "oss", "VLLM_API_KEY": "k"}
    judge = Settings.from_environ(engine | {"EVENTSMITH_JUDGE_ENDPOINT": "engine"}).judge
    assert judge == JudgeConfig("http://m:8000", "oss", "k", 0.05)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"EVENTSMITH_JUDGE_MODEL": "eventsmith-small"}, "cannot judge.*EVENTSMITH_JUDGE_ENDPOINT"),
        ({"EVENTSMITH_JUDGE_MODEL": "bundled"}, "EVENTSMITH_JUDGE_MODEL.*bundled model"),
        ({"EVENTSMITH_JUDGE_MODEL": str(bundled_model_path())}, "cannot judge"),
        ({"EVENTSMITH_JUDGE_MODEL": ""}, "EVENTSMITH_JUDGE_MODEL is not set"),
        ({"EVENTSMITH_JUDGE_ENDPOINT": "engine"}, "set VLLM_ENDPOINT"),
        ({"EVENTSMITH_JUDGE_ENDPOINT": "models:8000"}, "EVENTSMITH_JUDGE_ENDPOINT.*http://"),
        ({"EVENTSMITH_JUDGE_SAMPLE": "1.5"}, "EVENTSMITH_JUDGE_SAMPLE"),
    ],
)
def test_a_wrong_judge_names_its_variable_and_the_cure(changes: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        Settings.from_environ(SERVER | changes)


def test_the_engine_cannot_judge_with_the_bundled_model() -> None:
    engine = {"EVENTSMITH_JUDGE_ENDPOINT": "engine", "VLLM_ENDPOINT": "http://m:8000"}
    with pytest.raises(ConfigurationError, match="cannot judge"):
        Settings.from_environ(engine | {"VLLM_MODEL": "eventsmith-small"})
    with pytest.raises(ConfigurationError, match="EVENTSMITH_JUDGE_MODEL is not set"):
        Settings.from_environ(engine)


def test_a_prompt_from_the_registry() -> None:
    registry = {"PROMPT_SOURCE": "registry", "MLFLOW_TRACKING_URI": "http://mlflow:5000/"}
    assert Settings.from_environ({}).prompts is None
    prompts = Settings.from_environ(registry | {"MLFLOW_TRACKING_TOKEN": "hush"}).prompts
    assert prompts
    assert (prompts.uri, prompts.alias, prompts.poll_s) == ("http://mlflow:5000", "production", 30)
    assert "hush" not in repr(prompts)
    for changes, words in (
        ({"PROMPT_SOURCE": "git"}, "PROMPT_SOURCE"),
        ({"MLFLOW_TRACKING_URI": "sqlite:///x.db"}, "mlflow server"),
        ({"PROMPT_POLL_SECONDS": "0"}, "PROMPT_POLL_SECONDS"),
    ):
        with pytest.raises(ConfigurationError, match=words):
            Settings.from_environ(registry | changes)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="EVENTSMITH_CONFIG_DIR"):
        Settings.from_environ({"EVENTSMITH_CONFIG_DIR": str(tmp_path)}).table("balance.yaml")


@pytest.mark.parametrize("name", ["local", "gpu"])
def test_the_shipped_configurations_are_valid(name: str) -> None:
    from ray.serve.schema import ServeDeploySchema  # late: Ray is slow to import

    table = yaml.safe_load(Path(f"configs/serve/{name}.yaml").read_text("utf-8"))
    [app] = ServeDeploySchema.model_validate(table).applications
    PlatformArgs.model_validate(app.args)
    assert [deployment.name for deployment in app.deployments] == [
        "EventApi",
        "EventCache",
        "EventEngine",
        "EventValidator",
        "QualityScorer",
    ]
