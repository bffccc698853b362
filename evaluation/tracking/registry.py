"""MLflow's prompt registry: a version per variant, aliases that say what platforms serve.

The registered text is the variant's YAML, whole: nothing is lost on the way back, and a diff in
MLflow's pages shows what changed (`docs/decisions/0011-prompt-registry.md`).
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any, NamedTuple

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from evaluation.tracking.session import connected
from serve.errors import ConfigurationError
from serve.prompts import PromptVariant, parse

PROMPT = "eventsmith"
_VARIANT, _VERSION, _DIGEST = "eventsmith.variant", "eventsmith.version", "eventsmith.digest"


class Published(NamedTuple):
    """A version in the registry."""

    number: int
    variant: str
    version: str
    """The variant's own, such as `terse-1`."""
    aliases: tuple[str, ...]
    new: bool = False


def publish(
    variant: str, text: str, *, alias: str | None = None, name: str = PROMPT, uri: str | None = None
) -> Published:
    """Registers a variant's YAML unless it is there, and points the alias to it.

    Raises ConfigurationError for a text that is no variant, or one that was changed under the
    version of another; TrackingError.
    """
    prompt, digest = parse(text, f"prompt variant {variant}"), _digest(text)
    with connected(uri) as client:
        known = list(_versions(client, name))
        _refuse_changed(prompt, digest, known)
        number = next((one.number for one, other in known if other == digest), None)
        new = number is None
        if number is None:
            number = _register(client, name, variant, prompt, text)
        if alias:
            client.set_prompt_alias(name, alias, number)
        return next(one for one, _ in _versions(client, name) if one.number == number)._replace(
            new=new
        )


def versions(name: str = PROMPT, uri: str | None = None) -> list[Published]:
    """Everything that was published, the newest first. Raises TrackingError."""
    with connected(uri) as client:
        return [one for one, _ in _versions(client, name)]


def _register(
    client: MlflowClient, name: str, variant: str, prompt: PromptVariant, text: str
) -> int:
    tags = {_VARIANT: variant, _VERSION: prompt.version, _DIGEST: _digest(text)}
    made = client.register_prompt(
        name, text, commit_message=f"{variant} {prompt.version}", tags=tags
    )
    return int(made.version)


def _refuse_changed(prompt: PromptVariant, digest: str, known: list[tuple[Published, str]]) -> None:
    for one, other in known:
        if one.version == prompt.version and other != digest:
            raise ConfigurationError(
                f"version {prompt.version} is published already with another text (as version "
                f"{one.number} of the prompt); give the changed variant a `version` of its own"
            )


def _versions(client: MlflowClient, name: str) -> Iterator[tuple[Published, str]]:
    """(what is told, digest of the text) of every version, the newest first."""
    numbers = sorted((int(one.version) for one in _found(client, name)), reverse=True)
    for number in numbers:
        one: Any = client.get_prompt_version(name, str(number))
        told = Published(
            number,
            one.tags.get(_VARIANT, "?"),
            one.tags.get(_VERSION, "?"),
            tuple(sorted(one.aliases)),
        )
        yield told, one.tags.get(_DIGEST, "")


def _found(client: MlflowClient, name: str) -> list[Any]:
    """Every version, without its aliases; none of a prompt that was never registered."""
    try:
        return list(client.search_prompt_versions(name))
    except MlflowException as error:
        if error.error_code == "RESOURCE_DOES_NOT_EXIST":
            return []
        raise


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
