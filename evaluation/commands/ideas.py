"""`eventsmith-eval ideas [ID]`: the cloud ideas that events may teach, or one of them in full.

Exit status: 0 shown, 2 for an id that is not there.
"""

import argparse
import re
from difflib import get_close_matches
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from serve.domain.state import Locale
from serve.errors import ConfigurationError
from serve.quality.knowledge import Idea, ideas

_ALTERNATIVES = re.compile(r"\|(?![^(]*\))")
"""The bars outside parentheses."""
_HEADINGS = {
    Locale.KO: ("무엇인가", "대가", "인프라", "부르는 말", "까닭의 말", "어울리는 상황"),
    Locale.EN: ("what it is", "what it costs", "infrastructure", "goes by", "its why", "fits when"),
}


def register(commands: Any) -> None:
    shown = commands.add_parser("ideas", help="the cloud ideas that events may teach")
    shown.add_argument("id", nargs="?", metavar="ID", help="one idea in full")
    shown.add_argument("--locale", type=Locale, choices=list(Locale), default=Locale.KO)
    shown.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    base = ideas(arguments.locale)
    if arguments.id is None:
        Console().print(_listed(base))
    else:
        _show(_found(arguments.id, base), arguments.locale)
    return 0


def _listed(base: tuple[Idea, ...]) -> Table:
    """A table by subject, as the files are."""
    listed = Table(box=None, pad_edge=False)
    for heading in ("subject", "id", "name", "concerns"):
        listed.add_column(heading, no_wrap=heading == "id")
    subject = ""
    for idea in sorted(base, key=lambda idea: idea.subject):
        first = "" if idea.subject == subject else idea.subject
        subject = idea.subject
        listed.add_row(first, idea.id, escape(idea.name), ", ".join(sorted(idea.concerns)))
    return listed


def _found(name: str, base: tuple[Idea, ...]) -> Idea:
    """The idea of this id. Raises ConfigurationError that names the nearest ids or names."""
    for idea in base:
        if idea.id == name:
            return idea
    forms = {idea.id: idea.id for idea in base} | {idea.name.lower(): idea.id for idea in base}
    near = [forms[form] for form in get_close_matches(name.lower(), forms, n=5, cutoff=0.5)]
    hint = f"did you mean {', '.join(dict.fromkeys(near))}?" if near else "list them without an ID"
    raise ConfigurationError(f"ID: there is no idea {name!r}; {hint}")


def _show(idea: Idea, locale: Locale) -> None:
    console = Console()
    console.print(f"[bold]{escape(idea.name)}[/]  {idea.id}, {idea.subject}")
    texts = (
        idea.what,
        idea.costs,
        ", ".join(sorted(idea.concerns)) or "-",
        *(_forms(pattern.pattern) for pattern in (idea.says, idea.why, idea.when)),
    )
    for heading, text in zip(_HEADINGS[locale], texts, strict=True):
        console.print(f"[bold]{heading}[/]: {escape(text)}")


def _forms(pattern: str) -> str:
    """The alternatives, without the pattern around them."""
    inner = pattern.removeprefix(r"\b").removeprefix("(?:").removesuffix(")")
    return " | ".join(_ALTERNATIVES.split(inner))
