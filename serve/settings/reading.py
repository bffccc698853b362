"""Reads the environment: wrong values name their variable, secrets may lie in files."""

from collections.abc import Mapping
from pathlib import Path

from serve.errors import ConfigurationError

SECRETS = (
    "REDIS_URL",
    "EVENTSMITH_API_KEYS",
    "EVENTSMITH_EVALUATION_KEYS",
    "EVENTSMITH_ADMIN_TOKEN",
    "EVENTSMITH_ALERTS_TOKEN",
    "EVENTSMITH_JUDGE_KEY",
    "EVENTSMITH_REVIEW_DATABASE",
    "MLFLOW_TRACKING_PASSWORD",
    "MLFLOW_TRACKING_TOKEN",
    "SLACK_WEBHOOK_URL",
    "VLLM_API_KEY",
)
"""Each may be given as NAME_FILE: the path of a file that holds it, as Docker and Kubernetes do."""
_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def with_files(env: Mapping[str, str]) -> dict[str, str]:
    """The environment with every secret in it that a file holds.

    Raises ConfigurationError naming the variable when the file cannot be read, or both are set.
    """
    given = {name: path for name in SECRETS if (path := env.get(f"{name}_FILE", "").strip())}
    for name in given:
        if env.get(name, "").strip():
            raise ConfigurationError(f"{name} and {name}_FILE are both set; keep one of them")
    return {**env, **{name: content(name, path) for name, path in given.items()}}


def content(name: str, path: str) -> str:
    """What the file holds that `name`_FILE names. Raises ConfigurationError when it cannot be read."""
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"{name}_FILE: {path} cannot be read ({type(error).__name__}); give the path of a text "
            "file that this user may read"
        ) from error


def address(env: Mapping[str, str], name: str) -> str:
    """Empty, or an HTTP address; the value itself is not repeated, for it may be a secret."""
    address = env.get(name, "").strip()
    if address and not address.startswith(("http://", "https://")):
        raise ConfigurationError(f"{name} must be an address that begins with https://")
    return address


def flag(env: Mapping[str, str], name: str, default: bool) -> bool:
    text = env.get(name, "").strip().lower()
    if text in _TRUE | _FALSE:
        return text in _TRUE
    if text:
        raise ConfigurationError(f"{name} must be true or false")
    return default


def number(env: Mapping[str, str], name: str, default: float, low: float, high: float) -> float:
    text = env.get(name, "").strip()
    try:
        number = float(text) if text else default
    except ValueError:
        number = low - 1
    if not low <= number <= high:
        raise ConfigurationError(f"{name} must be a number from {low:g} to {high:g}")
    return number
