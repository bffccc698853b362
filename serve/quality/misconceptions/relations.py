"""The table of what practices lead to, read from the YAML files of this folder.

A practice (`relations/*.yaml`) is told as adopted or as given up: `named` is the thing itself, whose
verbs the languages know; `adopted` and `dropped` say it in so many words. A relation states what adopting it
does to an effect (`effects.yaml`), better unless it `leads: worse`; its `truth` is that statement.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from serve.domain.state import Locale
from serve.quality.lexicon import table, words

_ALTERNATIVES = re.compile(r"\|(?![^(]*\))")
_MANY = r"(?:[?*+]|\{[^}]*\})"
_LOOSE = re.compile(rf"\(\?[^()]*\){_MANY}?|\[[^\]]*\]{_MANY}?|\\.{_MANY}?|.{_MANY}")
"""Parts of a pattern that stand for more than one text."""


class Truth(NamedTuple):
    """What is so, in one sentence per language."""

    ko: str
    en: str


class Relation(NamedTuple):
    good: re.Pattern[str]
    bad: re.Pattern[str]
    sign: int
    """1 when adopting the practice makes the effect better, -1 when worse."""
    only: int
    """The way of the practice it speaks of: 1 adopted, -1 given up, 0 both."""
    of: re.Pattern[str] | None
    """Words that must be there for the effect to be the one meant."""
    even: bool
    """Nothing else brings the effect about: it is false even of "even without"."""
    truth: Truth


class Practice(NamedTuple):
    id: str
    hints: tuple[str, ...]
    """Letters, in lower case, one of which any text that speaks of it holds."""
    named: re.Pattern[str] | None
    adopted: re.Pattern[str] | None
    dropped: re.Pattern[str] | None
    relations: tuple[Relation, ...]

    def said(self, text: str) -> tuple[int, re.Match[str]] | None:
        """The form that names its way, the longer of two that overlap; None where both are told.

        Gives 1 or -1, and where.
        """
        ways = ((self.adopted, 1), (self.dropped, -1))
        found = [(sign, m) for form, sign in ways if form and (m := form.search(text))]
        found.sort(key=lambda said: (said[1].start(), -said[1].end()))
        if len(found) > 1 and found[0][1].end() <= found[1][1].start():
            return None
        return found[0] if found else None


class Claim(NamedTuple):
    """A statement that is false by itself."""

    hints: tuple[str, ...]
    says: re.Pattern[str]
    truth: Truth


@cache
def practices(locale: Locale) -> tuple[Practice, ...]:
    effects = table("misconceptions/effects.yaml")
    return tuple(_practice(entry, effects, locale) for entry in _entries())


@cache
def claims(locale: Locale) -> tuple[Claim, ...]:
    said = locale.value
    return tuple(
        Claim(_hints(entry["says"][said]), words(entry["says"][said], locale), _truth(entry))
        for entry in table("misconceptions/claims.yaml")
    )


def _entries() -> Iterator[Mapping[str, Any]]:
    folder = files("serve.quality") / "misconceptions" / "relations"
    for name in sorted(file.name for file in folder.iterdir() if file.name.endswith(".yaml")):
        yield from table(f"misconceptions/relations/{name}")


def _practice(entry: Mapping[str, Any], effects: Mapping[str, Any], locale: Locale) -> Practice:
    forms: Mapping[str, str] = entry[locale.value]
    named, adopted, dropped = (
        words(forms[key], locale) if key in forms else None
        for key in ("named", "adopted", "dropped")
    )
    return Practice(
        entry["practice"],
        tuple(hint for form in forms.values() for hint in _hints(form)),
        named=named,
        adopted=adopted,
        dropped=dropped,
        relations=tuple(_relation(given, effects, locale) for given in entry["relations"]),
    )


def _relation(given: Mapping[str, Any], effects: Mapping[str, Any], locale: Locale) -> Relation:
    said = locale.value
    good, bad = (words(effects[given["effect"]][said][key], locale) for key in ("good", "bad"))
    return Relation(
        good,
        bad,
        sign=-1 if given.get("leads") == "worse" else 1,
        only={"adopted": 1, "dropped": -1}.get(given.get("only", ""), 0),
        of=words(given["of"][said], locale) if "of" in given else None,
        even=given.get("even", False),
        truth=_truth(given),
    )


def _truth(entry: Mapping[str, Any]) -> Truth:
    return Truth(entry["truth"]["ko"], entry["truth"]["en"])


def _hints(form: str) -> tuple[str, ...]:
    """The longest run of letters each alternative cannot do without, in lower case.

    Raises ValueError for an alternative without any: it could not be sought quickly.
    """
    runs = tuple(max(_LOOSE.split(part), key=len).lower() for part in _ALTERNATIVES.split(form))
    if not all(runs):
        raise ValueError(f"every alternative must hold letters outside groups: {form}")
    return runs
