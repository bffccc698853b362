"""Locks, read without pip: name, version and hashes of everything that is installed."""

import re
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
IMAGES = {"cpu": Path("deploy/requirements-cpu.lock"), "gpu": Path("deploy/requirements-gpu.lock")}
LOCKS = (
    Path("requirements-cpu.lock"), Path("requirements-gpu.lock"), *IMAGES.values(),
    Path("deploy/requirements-uv.lock"),
)  # fmt: skip
_START = re.compile(r"^(?=\S)", re.MULTILINE)
_PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[A-Za-z0-9.+!_-]+)(?P<rest>[\s;\\]|$)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class Package:
    """One package of a lock."""

    name: str
    version: str
    hashes: tuple[str, ...]
    """SHA-256 of each of its files, in hexadecimal."""

    @property
    def public(self) -> str:
        """The version without what a builder appended, such as `+cpu`: the one that advisories name."""
        return self.version.partition("+")[0]


def packages(lock: Path) -> list[Package]:
    """Raises ValueError for a line that pins nothing: an address, a range, an option."""
    text = (REPOSITORY / lock).read_text("utf-8")
    return [_package(part) for part in _START.split(text) if part.strip()]


def _package(text: str) -> Package:
    found = _PIN.match(text)
    if not found:
        raise ValueError(f"not pinned: {text.splitlines()[0]}")
    return Package(found["name"].lower(), found["version"], tuple(_HASH.findall(text)))
