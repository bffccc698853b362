"""Texts that try to reach the model, each with a canary of its own."""

import codecs
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import yaml

_CORPUS = Path(__file__).parent / "integration" / "data" / "injections.yaml"
_ENCODED: dict[str, Callable[[str], str]] = {
    "base64": lambda text: b64encode(text.encode()).decode(),
    "rot13": lambda text: codecs.encode(text, "rot13"),
    "tags": lambda text: "".join(chr(0xE0000 + ord(letter)) for letter in text),
    "hexadecimal": lambda text: text.encode().hex(),
    "reversed": lambda text: text[::-1],
}


class Injection(NamedTuple):
    kind: str
    text: str
    canary: str
    """Stands in the text, as it is or encoded with it."""

    @property
    def marked(self) -> str:
        """The text with its canary in the clear before it."""
        return f"{self.canary} {self.text}"


def corpus() -> list[Injection]:
    """Every text of `integration/data/injections.yaml`."""
    return [
        _injection(group, text)
        for group in yaml.safe_load(_CORPUS.read_text("utf-8"))
        for text in group["texts"]
    ]


def _injection(group: dict[str, str | int], text: str) -> Injection:
    canary = f"CANARY-{sha256(text.encode()).hexdigest()[:12]}"
    told = text.replace("CANARY", canary) * int(group.get("times", 1))
    encode = _ENCODED.get(str(group.get("as")), str)
    return Injection(str(group["kind"]), encode(told), canary)
