"""The environment and the configuration: wrong values are named with their cure."""

from pathlib import Path

import pytest
import yaml

from serve.errors import ConfigurationError
from serve.settings import PlatformArgs, Settings


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
    assert settings.api_keys == ("one", "two")
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
