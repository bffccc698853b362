"""Everything the platform can be told that is secret, with a canary in it."""

from pathlib import Path

from canaries import Canaries
from receiver import Receiver

from serve.settings.reading import SECRETS


def secrets(canaries: Canaries, redis_url: str, database: str, told: Receiver) -> dict[str, str]:
    """A value with a canary for every secret there is."""
    password = canaries.plant("database's password")
    addresses = {
        "REDIS_URL": redis_url,
        "EVENTSMITH_REVIEW_DATABASE": database.replace("eventsmith@", f"eventsmith:{password}@"),
        "SLACK_WEBHOOK_URL": f"{told.slack_url}/T0/B0/{canaries.plant('Slack address')}",
    }
    return {name: addresses.get(name) or canaries.plant(name) for name in SECRETS}


def environment(
    folder: Path, told: Receiver, rude: str, canaries: Canaries, form: str
) -> dict[str, str]:
    """What is no secret by its name, some of it with one inside."""
    password = canaries.plant("password in MLflow's address")
    inside = {
        "EVENTSMITH_RUN_DIR": str(folder / "run"),
        "EVENTSMITH_JUDGE_ENDPOINT": f"http://{rude}/judge",
        "EVENTSMITH_JUDGE_MODEL": "judge",
        "EVENTSMITH_JUDGE_SAMPLE": "1",
        "EVENTSMITH_REVIEW_SAMPLE": "1",
        "PROMPT_SOURCE": "registry",
        "PROMPT_POLL_SECONDS": "1",
        "PROMPT_STATE": str(folder / "state" / "prompt.yaml"),
        "MLFLOW_TRACKING_URI": f"http://m:{password}@{rude}/mlflow",
        "MLFLOW_TRACKING_USERNAME": "mlflow-user" if form == "files" else "",
        "RAY_AUTH_TOKEN": canaries.plant("Ray's token", kept_in=("run/ray-token",)),
    }
    if form == "files":
        return inside
    return inside | {
        "VLLM_ENDPOINT": f"http://{rude}/model",
        "VLLM_MODEL": "rude",
        "OTEL_EXPORTER_OTLP_ENDPOINT": told.traces_url,
        "OTEL_EXPORTER_OTLP_HEADERS": f"authorization=Bearer {canaries.plant('OTLP headers')}",
        "OTEL_BSP_SCHEDULE_DELAY": "500",
    }


def given(values: dict[str, str], folder: Path, form: str) -> dict[str, str]:
    """As variables, or as the paths of files."""
    (folder / "run").mkdir()
    if form == "variables":
        return values
    (folder / "secrets").mkdir()
    for name, value in values.items():
        (folder / "secrets" / name).write_text(f"{value}\n")
    return {
        key: value
        for name in values
        for key, value in ((name, ""), (f"{name}_FILE", str(folder / "secrets" / name)))
    }
