"""The search for canaries finds them in every form, and nothing where there is nothing."""

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from canaries import Canaries

_WRITTEN = {
    "plain": lambda text: text,
    "upper case": str.upper,
    "URL": lambda text: quote(f"?q={text}&x", safe=""),
    "JSON": lambda text: json.dumps({"a": text}),
    "JSON in JSON": lambda text: json.dumps({"log": json.dumps({"a": text})}),
    "JSON, every letter": lambda text: "".join(f"\\u{ord(letter):04x}" for letter in text),
    "base64, first": lambda text: b64encode(text.encode()).decode(),
    "base64, of a header": lambda text: b64encode(f"user:{text}@x".encode()).decode(),
    "base64, of a longer one": lambda text: b64encode(f"user1:{text}".encode()).decode(),
    "base64, shifted": lambda text: urlsafe_b64encode(f"us:{text} more".encode()).decode(),
    "hexadecimal": lambda text: text.encode().hex(),
}


@pytest.mark.parametrize("written", _WRITTEN.values(), ids=_WRITTEN)
@pytest.mark.parametrize(
    "text", ["{}", "비밀 {} \"a\\b'<&>\n?/+"], ids=["plain", "with everything"]
)
def test_it_is_found_in_every_form(written: Callable[[str], str], text: str) -> None:
    canaries = Canaries()
    value = canaries.plant("a secret", text)
    canaries.search("here", f"before {written(value)} after".encode())
    assert canaries.leaks
    assert {leak.what for leak in canaries.leaks} == {"a secret"}


def test_nothing_is_found_where_there_is_nothing() -> None:
    canaries = Canaries()
    canaries.plant("a secret")
    canaries.search("here", b"cnry, and what is no canary")
    assert (canaries.leaks, canaries.searched, canaries.places) == ([], 27, {"here"})


def test_what_keeps_it_may_hold_it() -> None:
    canaries = Canaries()
    value = canaries.plant("a name", kept_in=("database",)).encode()
    canaries.search("database reviews", value)
    assert canaries.leaks == []
    assert canaries.not_kept() == set()
    canaries.search("log", value)
    assert [leak.place for leak in canaries.leaks] == ["log"]


def test_files_and_their_names_are_searched(tmp_path: Path) -> None:
    canaries = Canaries()
    value = canaries.plant("a secret")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "log").write_text(f"\0{value}")
    (tmp_path / value).touch()
    canaries.search_folder("run", tmp_path)
    assert {leak.place for leak in canaries.leaks} == {"run/deep/log", "names of files"}


def test_a_place_that_should_keep_it_and_does_not_was_not_searched() -> None:
    canaries = Canaries()
    canaries.plant("a name", kept_in=("database", "export"))
    canaries.search("export", canaries.planted[0].value.encode())
    canaries.search("database", b"")
    assert canaries.not_kept() == {("a name", "database")}
