"""Runs documented commands as they are written, against the real HTTP interface over a platform in memory."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from documented import Command
from documented_commands import PLATFORM
from fakes import MemoryStore
from samples import STATE
from served import backend, keyring
from site_under_test import site

ADMIN = "test-admin"
_ROLLOUT = re.compile(
    r"(?:eventsmith rollout |rollback\.sh --roll)(start|advance|hold|resume|rollback|out)"
)
_HAND_WRITTEN = 3
"""Exit status of `eventsmith ask` for an event that people wrote."""


@dataclass(frozen=True)
class Reader:
    """Somebody who types what a page says, in a folder of their own."""

    url: str
    folder: Path

    def type(self, command: Command) -> None:
        """Raises AssertionError when it fails, or says something else than the page shows."""
        self._prepare(command.text)
        text = PLATFORM.sub(self.url, command.text).replace("curl ", "curl --fail-with-body ")
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", text],
            cwd=self.folder, env=self._environment(), text=True, timeout=30, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        passed = {0, _HAND_WRITTEN} if "eventsmith ask" in text else {0}
        assert done.returncode in passed, f"status {done.returncode}: {done.stdout}"
        if command.output is not None:
            _compare(command.output, done.stdout)

    def _prepare(self, text: str) -> None:
        """A roll-out that is under way, or none, as the command needs it."""
        found = _ROLLOUT.search(text)
        if not found:
            return
        with httpx.Client(base_url=self.url, headers={"X-API-Key": ADMIN}) as http:
            standing = http.get("/api/llm/rollout").json()["rollout"] or {"status": "none"}
            live = standing["status"] in ("running", "held")
            if live and found[1] == "start":
                http.post("/api/llm/rollout", json={"action": "rollback"})
            elif not live and found[1] != "start":
                http.post("/api/llm/rollout", json={"action": "start"})
            if found[1] == "resume" and standing["status"] != "held":
                http.post("/api/llm/rollout", json={"action": "hold"})

    def _environment(self) -> dict[str, str]:
        return os.environ | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "EVENTSMITH_URL": self.url,
            "EVENTSMITH_ADMIN_TOKEN": ADMIN,
            "EVENTSMITH_KEY": "",
            "KEY": "",
            "COLUMNS": "120",
        }


@contextmanager
def reader(folder: Path) -> Generator[Reader]:
    """One with a platform of their own: open to games, with an admin token and a candidate to roll out."""
    built = backend(MemoryStore(), keyring((), ADMIN, 1e6))
    built.service._switch = built.flags  # the flag of the interface, which `flag set` switches
    (folder / "state.json").write_text(json.dumps(STATE.model_dump(mode="json", by_alias=True)))
    (folder / "deploy/secrets/clients").mkdir(parents=True)
    (folder / "deploy/secrets/clients/admin_token").write_text(ADMIN)
    (folder / "deploy/secrets/clients/game_key").touch()
    (folder / "deploy/secrets/api_keys").touch()
    for path in Path("deploy").iterdir():
        if path.name != "secrets":
            (folder / "deploy" / path.name).symlink_to(path.resolve())
    (folder / ".venv").mkdir()
    (folder / ".venv/bin").symlink_to(Path(sys.executable).parent)
    with site(built) as url:
        yield Reader(url, folder)


def _compare(shown: str, said: str) -> None:
    pattern = re.escape(" ".join(shown.split())).replace("…", ".*")
    alike = re.fullmatch(pattern, " ".join(said.split()))
    assert alike, f"the page shows\n{shown}\nbut it says\n{said}"
