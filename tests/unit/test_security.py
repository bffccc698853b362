"""Keys: what each scope opens, digests at rest, rotation, quotas, and patience for guessers."""

import hmac
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from fastapi import Request
from served import keyring

from serve.api.problems import Problem
from serve.api.security import Keyring
from serve.errors import ConfigurationError
from serve.metrics import REFUSED
from serve.settings.access import Access, Key, KeyFiles, Scope, digest, parsed
from serve.tally import Tally


class Clock:
    """Stands still until a test moves it."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def request(key: str, source: str = "10.0.0.1") -> Request:
    headers = [(b"authorization", f"Bearer {key}".encode())] if key else []
    return Request({"type": "http", "headers": headers, "client": (source, 1)})


def status(ring: Keyring, key: str, scope: Scope = Scope.GAME, source: str = "10.0.0.1") -> int:
    """What a caller is answered."""
    try:
        ring.admit(request(key, source), scope)
    except Problem as problem:
        return problem.status
    return 200


@pytest.mark.parametrize(
    ("key", "game", "admin", "alerts"),
    [
        ("", 401, 401, 401),
        ("guess", 401, 401, 401),
        ("game-key", 200, 403, 403),
        ("study", 200, 403, 403),
        ("admin-key", 200, 200, 403),
        ("alarm", 403, 403, 200),
    ],
)
def test_what_a_key_opens(key: str, game: int, admin: int, alerts: int) -> None:
    ring = keyring(("game-key",), "admin-key", evaluation=("study",), alerts="alarm")
    scopes = (Scope.GAME, Scope.ADMIN, Scope.ALERTS)
    assert [status(ring, key, scope) for scope in scopes] == [game, admin, alerts]


@pytest.mark.parametrize(
    ("keys", "scope", "wanted"),
    [
        ({}, Scope.GAME, 200),
        ({}, Scope.ADMIN, 200),
        ({}, Scope.ALERTS, 403),
        ({"admin": "admin-key"}, Scope.GAME, 200),
        ({"admin": "admin-key"}, Scope.ADMIN, 401),
        ({"game": ("game-key",)}, Scope.ADMIN, 403),
        ({"evaluation": ("study",)}, Scope.GAME, 200),
    ],
)
def test_without_a_key(keys: dict[str, Any], scope: Scope, wanted: int) -> None:
    assert status(keyring(**keys), "", scope) == wanted


def test_every_key_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared, original = list[bytes](), hmac.compare_digest

    def compare(given: bytes, known: bytes) -> bool:
        compared.append(known)
        return original(given, known)

    monkeypatch.setattr(hmac, "compare_digest", compare)
    ring = keyring(("a", "b", "c"), "d")
    for key in ("a", "guess"):
        compared.clear()
        status(ring, key)
        assert compared == [digest(one) for one in "abcd"]


def test_a_digest_is_all_that_is_kept() -> None:
    access = Access.from_environ({"EVENTSMITH_API_KEYS": "plain-secret"})
    assert access.keys == (Key(Scope.GAME, "game", digest("plain-secret")),)
    assert "plain" not in f"{access!r}{access.keys}"


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        (f"sha256:{digest('k').hex()}", "game"),
        (f"seoul-1:sha256:{digest('k').hex()}", "seoul-1"),
        (f"# who calls\n\nseoul-1:sha256:{digest('k').hex()}\n", "seoul-1"),
        ("k", "game"),
    ],
)
def test_entries(entry: str, name: str) -> None:
    assert parsed(entry, Scope.GAME) == (Key(Scope.GAME, name, digest("k")),)


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"EVENTSMITH_API_KEYS": "a,sha256:123"}, r"EVENTSMITH_API_KEYS: entry 2"),
        ({"EVENTSMITH_ADMIN_TOKEN": "a b:sha256:" + "0" * 64}, r"EVENTSMITH_ADMIN_TOKEN: entry 1"),
        (
            {"EVENTSMITH_API_KEYS": "same", "EVENTSMITH_ADMIN_TOKEN": "same"},
            "EVENTSMITH_API_KEYS and EVENTSMITH_ADMIN_TOKEN hold the same key",
        ),
    ],
    ids=["short", "name", "twice"],
)
def test_an_entry_that_cannot_be_meant_is_told(environ: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigurationError, match=named) as told:
        Access.from_environ(environ)
    assert "123" not in str(told.value)


class Rotation:
    """A platform whose game keys lie in a file, and the looks it takes at it."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "api_keys"
        self.file.write_text("old")
        access = Access.from_environ(
            {"EVENTSMITH_API_KEYS": "old", "EVENTSMITH_API_KEYS_FILE": str(self.file)}
        )
        self.ring = Keyring(access.keys, 1e6)
        self.files = KeyFiles(access, self.ring.replace)

    def statuses(self, *keys: str) -> Sequence[int]:
        return [status(self.ring, key) for key in keys]

    def rewrite(self, text: str, looks: int = 2) -> None:
        self.file.write_text(text)
        for _ in range(looks):
            self.files.follow()


@pytest.fixture
def rotation(tmp_path: Path) -> Rotation:
    return Rotation(tmp_path)


def test_keys_are_rotated_without_a_restart(rotation: Rotation) -> None:
    rotation.rewrite("old,new")
    assert rotation.statuses("old", "new") == [200, 200]
    rotation.rewrite("new")
    assert rotation.statuses("old", "new") == [401, 200]


def test_half_a_file_is_not_read(rotation: Rotation) -> None:
    rotation.rewrite("", looks=1)
    rotation.rewrite("old,new", looks=1)
    assert rotation.statuses("old", "new") == [200, 401]
    rotation.files.follow()
    assert rotation.statuses("old", "new") == [200, 200]


def test_a_platform_does_not_open_by_losing_its_keys(rotation: Rotation) -> None:
    rotation.rewrite("")
    assert rotation.statuses("", "old", "anything") == [401, 401, 401]


def test_a_file_that_cannot_be_read_changes_nothing(rotation: Rotation) -> None:
    with pytest.raises(ConfigurationError, match="EVENTSMITH_API_KEYS"):
        rotation.rewrite("sha256:broken")
    assert rotation.statuses("old") == [200]
    rotation.file.unlink()
    rotation.files.follow()
    with pytest.raises(ConfigurationError, match="cannot be read"):
        rotation.files.follow()
    assert rotation.statuses("old") == [200]
    rotation.rewrite("new")
    assert rotation.statuses("old", "new") == [401, 200]


def ring_by(clock: Clock, tally: Tally | None = None) -> Keyring:
    return Keyring(parsed("right,other", Scope.GAME), 1e6, tally=tally, clock=clock)


def test_a_guesser_waits_and_locks_nobody_out() -> None:
    clock, tally = Clock(), Tally()
    ring = ring_by(clock, tally)
    assert status(ring, "right") == 200
    assert [status(ring, f"guess-{n}") for n in range(12)] == [401] * 10 + [429] * 2
    assert status(ring, "right") == 200  # it has been used from here before
    assert status(ring, "other") == 429  # not looked at: it might be the next guess
    assert status(ring, "other", source="10.0.0.2") == 200
    assert status(ring, "") == 401
    clock.now = 6.0
    assert [status(ring, "other"), status(ring, "guess")] == [200, 401]
    assert status(ring, "guess") == 429
    assert tally.counts[REFUSED.name, ("throttled",)] == 4


def test_the_throttle_tells_how_long() -> None:
    ring = ring_by(Clock())
    for number in range(10):
        status(ring, f"guess-{number}")
    with pytest.raises(Problem) as told:
        ring.admit(request("guess"), Scope.GAME)
    assert told.value.headers == {"Retry-After": "6"}


def test_a_quota_is_of_one_key() -> None:
    clock = Clock()
    ring = Keyring(parsed("a,b", Scope.GAME), 2, clock=clock)
    assert [status(ring, key) for key in "aaab"] == [200, 200, 429, 200]
    clock.now = 0.5
    assert [status(ring, key) for key in "aa"] == [200, 429]
