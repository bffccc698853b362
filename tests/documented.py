"""The commands that README and documents tell people to type, with the output they promise."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PAGES = (
    Path("README.md"),
    Path("SECURITY.md"),
    Path("grafana/README.md"),
    Path("serve/models/README.md"),
    *sorted(Path("docs").rglob("*.md")),
)
_FENCE = re.compile(r"^\s*```(\w*)")
_COMMENT = re.compile(r"(^|\s+)# .*$")
_SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_OURS = re.compile(
    r"(\.venv/bin/)?(eventsmith|eventsmith-eval|make|python -m|deploy/scripts/\S+|dc) "
)
_OPERATORS = frozenset({"|", "||", "&", "&&", ";", "(", ")"})


class Command(NamedTuple):
    """One line of shell."""

    page: Path
    line: int
    text: str
    output: str | None = None
    """What the page shows below it, `…` standing for anything; None where it shows nothing."""
    in_text: bool = False
    """Named in a sentence or a table, not in a block of its own."""

    @property
    def parts(self) -> list[list[str]]:
        """Its simple commands as words, without assignments before them and redirections."""
        parts: list[list[str]] = [[]]
        words = iter(_words(self.text))
        for word in words:
            if word in _OPERATORS:
                parts.append([])
            elif set(word) <= {"<", ">"}:
                next(words, None)
            elif parts[-1] or not re.match(r"[A-Za-z_]+=", word):
                parts[-1].append(word)
        return [part for part in parts if part]

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {self.text.splitlines()[0]}"


class Block(NamedTuple):
    """A fenced block."""

    page: Path
    line: int
    language: str
    lines: list[str]


def blocks(page: Path) -> Iterator[Block]:
    """Every fenced block of a page."""
    inside: Block | None = None
    for number, line in enumerate(page.read_text("utf-8").splitlines(), 1):
        if fence := _FENCE.match(line):
            if inside:
                yield inside
            inside = None if inside else Block(page, number, fence[1], [])
        elif inside:
            inside.lines.append(line)


def commands(page: Path) -> Iterator[Command]:
    """Every command of a page, those within its sentences as well."""
    for block in blocks(page):
        if block.language in ("console", "bash"):
            yield from _of_block(block)
    yield from _in_text(page)


def _of_block(block: Block) -> Iterator[Command]:
    prompted = any(line.startswith("$ ") for line in block.lines)
    lines = iter(enumerate(block.lines, block.line + 1))
    found: Command | None = None
    for number, line in lines:
        if prompted and found and not line.startswith("$ "):
            found = found._replace(output="\n".join([*filter(None, [found.output]), line]))
            continue
        if found:
            yield found
        text = line.removeprefix("$ ")
        while not _whole(text):
            text = f"{text}\n{next(lines)[1]}"
        text = _COMMENT.sub("", text)
        found = Command(block.page, number, text) if text.strip() else None
    if found:
        yield found


def _in_text(page: Path) -> Iterator[Command]:
    fenced = False
    for number, line in enumerate(page.read_text("utf-8").splitlines(), 1):
        if _FENCE.match(line):
            fenced = not fenced
        for span in () if fenced else _SPAN.findall(line):
            if _OURS.match(span) and not span.endswith(("…", "-")):
                yield Command(page, number, span, in_text=True)


def _whole(text: str) -> bool:
    try:
        shlex.split(_COMMENT.sub("", text))
    except ValueError:  # a quotation that goes on, or a backslash at the end
        return False
    return True


def _words(text: str) -> list[str]:
    lexer = shlex.shlex(text.replace("\\\n", " "), posix=True, punctuation_chars=True)
    lexer.whitespace_split, lexer.commenters = True, ""
    return list(lexer)
