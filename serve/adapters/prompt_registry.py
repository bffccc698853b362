"""MLflow's prompt registry, looked at beside the requests; the last good variant is kept on disk.

Plain HTTP: importing MLflow's client would cost every replica seconds and a few hundred megabytes
for one call (`docs/decisions/0011-prompt-registry.md`).
"""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from serve import metrics
from serve.errors import ConfigurationError
from serve.prompts import PromptVariant, parse
from serve.settings import PromptRegistryConfig
from serve.tally import Tally

_ALIAS = "/api/2.0/mlflow/registered-models/alias"
_TEXT = "mlflow.prompt.text"
_TIMEOUT_S = 5.0

_log = logging.getLogger(__name__)


class PromptRegistry:
    """The variant in force: the registry's, else the one on disk, else the one that ships.

    No call raises; what is not usable changes nothing.
    """

    def __init__(
        self,
        config: PromptRegistryConfig,
        shipped: PromptVariant,
        tally: Tally,
        switch: Callable[[PromptVariant], None],
    ) -> None:
        """`switch` is told of every variant that comes into force after this one."""
        self._config, self._shipped, self._tally, self._switch = config, shipped, tally, switch
        kept = self._kept()
        self.current, self.origin = (kept, "disk") if kept else (shipped, "file")
        self.confirmed_at: float | None = None
        """Unix time at which the registry last named the variant in force."""
        self._trouble = ""
        self._http = httpx.AsyncClient(
            base_url=config.uri, headers=_headers(config), auth=_auth(config), timeout=_TIMEOUT_S
        )

    @property
    def poll_s(self) -> float:
        """Seconds between two looks."""
        return self._config.poll_s

    async def follow(self) -> None:
        """One look at the alias."""
        try:
            text = await self._fetch()
            variant = self._usable(text, f"prompt {self._config.name}@{self._config.alias}")
        except ConfigurationError as error:
            self._failed("invalid", str(error))
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            self._failed("unreachable", f"MLflow's prompt registry: {type(error).__name__}")
        else:
            self._take(variant, text)

    def shown(self) -> dict[str, Any]:
        """What `/config` tells of it."""
        return {
            "promptVersion": self.current.version,
            "promptOrigin": self.origin,
            "promptConfirmedAt": self.confirmed_at,
        }

    def _take(self, variant: PromptVariant, text: str) -> None:
        self.origin, self.confirmed_at, self._trouble = "registry", time.time(), ""
        if variant == self.current:
            return
        self.current = variant
        self._tally.count(metrics.PROMPT_SWITCHES)
        _log.info("the prompt in force is now %s", variant.version)
        self._switch(variant)
        self._keep(text)

    async def _fetch(self) -> str:
        """The variant's YAML. Raises what httpx raises, KeyError or ValueError for another answer."""
        config = self._config
        answer = await self._http.get(_ALIAS, params={"name": config.name, "alias": config.alias})
        answer.raise_for_status()
        tags = answer.json()["model_version"]["tags"]
        return str({tag["key"]: tag["value"] for tag in tags}[_TEXT])

    def _usable(self, text: str, source: str) -> PromptVariant:
        """Raises ConfigurationError for one that is broken, or that the model does not understand."""
        variant = parse(text, source)
        if variant.format != self._shipped.format:
            raise ConfigurationError(
                f"{source}: format: the model needs a {self._shipped.format} prompt, and this is "
                f"for {variant.format}"
            )
        return variant

    def _kept(self) -> PromptVariant | None:
        path = self._config.state
        try:
            return self._usable(path.read_text("utf-8"), str(path))
        except (OSError, UnicodeDecodeError, ConfigurationError):
            return None

    def _keep(self, text: str) -> None:
        """A reader sees the old file or the new one, never a part."""
        path: Path = self._config.state
        written = path.with_name(f"{path.name}.{uuid4().hex}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            written.write_text(text, "utf-8")
            written.replace(path)
        except OSError as error:
            with suppress(OSError):
                written.unlink(missing_ok=True)
            self._failed("unwritable", f"cannot keep the prompt in {path}: {error.strerror}")

    def _failed(self, reason: str, told: str) -> None:
        """Counted every time, told once until something else happens."""
        self._tally.count(metrics.PROMPT_ERRORS, reason)
        if told != self._trouble:
            _log.warning("%s; %s stays in force", told, self.current.version)
        self._trouble = told


def _headers(config: PromptRegistryConfig) -> dict[str, str]:
    return {"Authorization": f"Bearer {config.token}"} if config.token else {}


def _auth(config: PromptRegistryConfig) -> httpx.BasicAuth | None:
    return httpx.BasicAuth(config.user, config.password) if config.user else None
