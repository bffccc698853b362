"""Secrets and texts that occur nowhere else, and a search for them in whatever form they may be written."""

import json
from base64 import b64encode
from collections.abc import Iterator
from html import escape
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple
from urllib.parse import quote


class Canary(NamedTuple):
    what: str
    """What it is planted as."""
    value: str
    kept_in: tuple[str, ...] = ()
    """Places, by how they begin, that are there to keep it."""


class Leak(NamedTuple):
    what: str
    form: str
    place: str
    around: str
    """What stands around it."""


class Canaries:
    """Those planted, and what a search has found of them."""

    def __init__(self) -> None:
        self.planted = list[Canary]()
        self.leaks, self.kept = list[Leak](), set[tuple[str, str]]()
        """What was found where it must not be; and (what, where) of what is in a place that keeps it."""
        self.places, self.searched = set[str](), 0

    def plant(self, what: str, text: str = "{}", kept_in: tuple[str, ...] = ()) -> str:
        """A new value; `text` is written around it."""
        token = f"cnry{token_hex(8)}"
        value = text.format(token)
        self.planted.append(Canary(what, token, kept_in))
        if value != token:
            self.planted.append(Canary(what, value, kept_in))
        return value

    def search(self, place: str, content: bytes) -> None:
        """Every form of every canary."""
        self.places.add(place)
        self.searched += len(content)
        for canary in self.planted:
            keeper = next((name for name in canary.kept_in if place.startswith(name)), None)
            for form, around in _found(canary.value, content):
                if keeper is None:
                    self.leaks.append(Leak(canary.what, form, place, around))
                else:
                    self.kept.add((canary.what, keeper))

    def not_kept(self) -> set[tuple[str, str]]:
        """(what, where) that should have been found and was not: the search did not reach there."""
        wanted = {(canary.what, name) for canary in self.planted for name in canary.kept_in}
        return wanted - self.kept

    def search_folder(self, name: str, folder: Path) -> None:
        """Every file in it, and the names of all that is."""
        for path in sorted(folder.rglob("*")):
            place = f"{name}/{path.relative_to(folder)}"
            self.search("names of files", place.encode())
            if path.is_file() and not path.is_symlink():
                self.search(place, path.read_bytes())


def _found(value: str, content: bytes) -> Iterator[tuple[str, str]]:
    """(form, what stands around it) of the first form that is in there."""
    for name, form in forms(value):
        if (at := content.find(form)) >= 0:
            around = content[max(0, at - 150) : at + len(form) + 100]
            yield name, around.decode("utf-8", "replace")
            return


def forms(value: str) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of each way in which a value is commonly written."""
    raw = value.encode()
    yield "plain", raw
    yield "upper case", value.upper().encode()
    yield "UTF-16", value.encode("utf-16-le")
    yield "hexadecimal", raw.hex().encode()
    yield "URL", quote(value, safe="").encode()
    yield "URL, every byte", "".join(f"%{byte:02X}" for byte in raw).encode()
    yield "JSON", json.dumps(value)[1:-1].encode()
    yield "JSON in JSON", json.dumps(json.dumps(value)[1:-1])[1:-1].encode()
    yield "JSON, every letter", "".join(f"\\u{ord(letter):04x}" for letter in value).encode()
    yield "HTML", escape(value).encode()
    for before in range(3):  # wherever in a longer text it is encoded with
        told = b64encode(bytes(before) + raw).rstrip(b"=")
        whole = told[-(-before * 8 // 6) : len(told) - (2 if (before + len(raw)) % 3 else 0)]
        yield f"base64 at {before}", whole
        yield f"base64 for URLs at {before}", whole.translate(bytes.maketrans(b"+/", b"-_"))
