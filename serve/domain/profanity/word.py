"""One entry of the table: where it stands in a text, and whether it is meant badly there."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import yaml

from serve.errors import ConfigurationError

_REACH = 24
"""How many characters before and after a word decide whether it is harmless."""
_FIELDS = {"say", "before", "unless_before", "after", "unless_after", "spread"}
_NOT_LETTERS = re.compile(r"[^가-힣ㄱ-ㅣ]")


class Word(NamedTuple):
    """One entry; its fields are those `words.yaml` explains."""

    pattern: re.Pattern[str]
    start: re.Pattern[str] | None
    """What must stand before it for a word to begin there; None: it is caught inside words too."""
    before: re.Pattern[str] | None
    unless_before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    unless_after: re.Pattern[str] | None
    spread: re.Pattern[str] | None
    """What must follow when something stands between the letters; None: then it is harmless."""

    def stands_in(self, text: str) -> bool:
        """Whether the text has it in its bad sense."""
        return any(self._is_meant(text, found) for found in self.pattern.finditer(text))

    def _is_meant(self, text: str, found: re.Match[str]) -> bool:
        head = text[max(0, found.start() - _REACH) : found.start()]
        tail = text[found.end() : found.end() + _REACH]
        if (self.unless_before and self.unless_before.search(head)) or (
            self.unless_after and self.unless_after.match(tail)
        ):
            return False
        if _NOT_LETTERS.search(found.group()) and not (self.spread and self.spread.match(tail)):
            return False
        return (
            (not self.start or self.start.search(head) is not None)
            and (not self.before or self.before.search(head) is not None)
            and (not self.after or self.after.match(tail) is not None)
        )


def word(
    entry: Mapping[str, str], pattern: str, start: re.Pattern[str] | None, spread: str
) -> Word:
    """The entry with this pattern for `say`. `spread` is what it means when the entry has none.

    Raises ConfigurationError naming the entry and the field that cannot be read.
    """
    if unknown := entry.keys() - _FIELDS:
        raise ConfigurationError(f"words.yaml: {entry.get('say')}: no field {min(unknown)}")

    def compiled(field: str, form: str = "{}") -> re.Pattern[str] | None:
        return _compiled(entry, field, form.format(entry[field])) if field in entry else None

    spread = entry.get("spread", spread)
    return Word(
        _compiled(entry, "say", pattern),
        None if "before" in entry else start,
        compiled("before", "(?:{})$"),
        compiled("unless_before", "(?:{})$"),
        compiled("after"),
        compiled("unless_after"),
        None if spread == "no" else _compiled(entry, "spread", spread),
    )


def _compiled(entry: Mapping[str, str], field: str, pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ConfigurationError(f"words.yaml: {entry['say']}: {field}: {error}") from error


def by_place(entry: Mapping[str, str]) -> Iterator[tuple[list[str], bool]]:
    """The ways to write it, those caught inside words (True) apart from the others."""
    says = entry["say"].split()
    for within in (False, True):
        if chosen := [say for say in says if say.startswith("~") is within]:
            yield chosen, within


class Index(NamedTuple):
    """The words by how they begin: one scan of a text tells which may stand in it."""

    starts: re.Pattern[str]
    words: Mapping[str, tuple[Word, ...]]

    def of(self, text: str) -> Iterator[Word]:
        """The words that begin like something in the text."""
        found = self.starts.search(text)
        while found:
            yield from self.words[found.group()]
            found = self.starts.search(text, found.start() + 1)


def index(by_start: Mapping[str, Iterable[Word]], form: str) -> Index:
    """An index of these starts of words; `form` is its pattern, {} any of them."""
    ends = dict[str, list[str]]()
    for start in sorted(by_start, key=len, reverse=True):
        ends.setdefault(start[0], []).append(re.escape(start[1:]))
    any_of = "|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in ends.items())
    return Index(
        re.compile(form.format(any_of)), {start: _sharing(start, by_start) for start in by_start}
    )


def _sharing(start: str, by_start: Mapping[str, Iterable[Word]]) -> tuple[Word, ...]:
    """The words that begin like this, shorter ones too."""
    lengths = range(1, len(start) + 1)
    return tuple(dict.fromkeys(w for n in lengths for w in by_start.get(start[:n], ())))


@cache
def table() -> Any:
    """`words.yaml`, read once."""
    return yaml.safe_load((files("serve.domain.profanity") / "words.yaml").read_text("utf-8"))
