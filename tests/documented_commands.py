"""Does a documented command exist: its program, its options, its files?"""

import argparse
import contextlib
import io
import os
import re
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import yaml
from documented import Command

import evaluation.cli
import serve.cli

RUN = "run"
Words = list[str]
PLATFORM = re.compile(
    r"(?:http://)?\b(?:localhost|127\.0\.0\.1|eventsmith):8000\b|\$EVENTSMITH_URL"
)
_SHORT = {"ask", "flag", "rollout", "review", "capacity"}
"""What `eventsmith` does within a second."""
_CALLS = {"rollback.sh": [["--flag-off"], ["--rollout"]], "smoke.sh": [[], ["--url"]]}
"""Scripts that do nothing but call the platform, by their first option."""
_ROOTS = r"(configs|deploy|docs|evaluation|grafana|loadtest|notebooks|serve|tests)/"
_MADE = re.compile(r"deploy/secrets|serve/models/checkpoints|docs/images")
"""Folders whose content is made by a command."""
ELSEWHERE = {
    **dict.fromkeys(("docker", "dc"), "no container engine in a test"),
    **dict.fromkeys(("kubectl", "helm"), "no cluster"),
    **dict.fromkeys(("serve", "ray"), "needs Ray started: the end-to-end tests start it"),
    **dict.fromkeys(("systemctl", "journalctl", "timedatectl", "nft"), "a machine's own services"),
    **dict.fromkeys(("apt-get", "pip"), "installs"),
    **dict.fromkeys(("mlflow", "pytest"), "a program of its own"),
    **dict.fromkeys(("redis-cli", "promtool", "amtool"), "needs its server"),
    **dict.fromkeys(
        [
            "export",
            "alias",
            "cp",
            "rm",
            "mv",
            "sed",
            "tar",
            "openssl",
            "install",
            "printf",
            "cat",
            "cut",
            "tail",
            "git",
        ],
        "of the shell or the system, on files that a test has not",
    ),
}


def check(command: Command) -> str:
    """`run` where it can run here, else why it was only checked. Raises AssertionError if it is wrong."""
    reasons = [_part(part, command) for part in command.parts]
    assert reasons, "no command in it"
    if command.in_text:
        return "named in the text"
    return next((reason for reason in reasons if reason != RUN), RUN)


def _part(words: Words, command: Command) -> str:
    program = words[0].removeprefix(".venv/bin/")
    for word in words:
        _files_exist(word, words)
    if program.startswith("deploy/scripts/"):
        return _script(words)
    if checker := _CHECKERS.get(program):
        return checker(words, command)
    assert program in ELSEWHERE, f"what is {program}?"
    return ELSEWHERE[program]


def _files_exist(word: str, words: Words) -> None:
    path = word.rpartition("=")[2].partition("#")[0]
    written = words[words.index(word) - 1] in ("--out", "-o")
    if written or not re.match(_ROOTS, path) or _MADE.match(path):
        return
    assert any(Path().glob(path)), f"{path} does not exist"


def _eventsmith(words: Words, command: Command) -> str:
    _parses(serve.cli._parser(), words, command)
    return RUN if words[1] in _SHORT or "--help" in words else "starts the platform"


def _eval(words: Words, command: Command) -> str:
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(required=True)
    for one in evaluation.cli._COMMANDS:
        one.register(commands)
    _parses(parser, words, command)
    return "asks models or MLflow: the evaluation's own tests do"


def _parses(parser: argparse.ArgumentParser, words: Words, command: Command) -> None:
    """A command named in a sentence may leave out what it needs, but not be one that is not there."""
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
        for more in ([], ["--help"]) if command.in_text else ([],):
            try:
                parser.parse_args([*words[1:], *more])
            except SystemExit as left:
                if left.code == 0:
                    return
            else:
                return
    raise AssertionError(said.getvalue().splitlines()[-1])


def _make(words: Words, _: Command) -> str:
    makefile = Path("Makefile").read_text("utf-8")
    for word in words[1:]:
        name, given, _value = word.partition("=")
        pattern = rf"\$\((or \$\(|if \$\()?{name}\b" if given else rf"^{re.escape(name)}:"
        assert re.search(pattern, makefile, re.MULTILINE), f"make: no {word}"
    return "takes minutes, or installs"


def _python(words: Words, _: Command) -> str:
    if words[1] == "-c":
        compile(words[2], "documented", "exec")
        return RUN
    assert words[1] == "-m", "run modules, not files"
    spec = find_spec(words[2])
    assert spec, f"no module {words[2]}"
    if words[2].partition(".")[0] in ("serve", "evaluation", "loadtest", "grafana"):
        source = _source(spec.origin or "", package=bool(spec.submodule_search_locations))
        for word in words[3:]:
            option = word.partition("=")[0]
            assert not option.startswith("--") or f'"{option}"' in source, f"no option {option}"
    return "takes minutes, or a machine of its own"


def _source(origin: str, *, package: bool) -> str:
    path = Path(origin)
    files = path.parent.glob("*.py") if package else [path, *path.parent.glob("gpu/*.py")]
    return "".join(file.read_text("utf-8") for file in files)


def _script(words: Words) -> str:
    path = Path(words[0])
    assert path.exists(), f"{path} does not exist"
    assert os.access(path, os.X_OK), f"{path} cannot be run"
    source = path.read_text("utf-8")
    for word in words[1:]:
        assert not word.startswith("--") or word in source, f"{path} has no option {word}"
    harmless = set(words[1:]) & {"--help", "--dry-run"} or words[1:2] in _CALLS.get(path.name, [])
    return RUN if harmless else "changes a machine, or needs a cluster"


def _curl(words: Words, _: Command) -> str:
    assert any("http" in word or ":8000" in word or "$EVENTSMITH_URL" in word for word in words)
    return RUN if any(PLATFORM.search(word) for word in words) else "of another server"


def _compose(words: Words, _: Command) -> str:
    services = yaml.safe_load(Path("deploy/docker-compose.yml").read_text("utf-8"))["services"]
    named = [word for word in words[2:] if not word.startswith("-")]
    for service in named[:1] if words[1] in ("exec", "run") else named:
        assert service in services, f"no service {service} in the compose file"
    return ELSEWHERE["dc"]


_CHECKERS: dict[str, Callable[[Words, Command], str]] = {
    "eventsmith": _eventsmith,
    "eventsmith-eval": _eval,
    "make": _make,
    "python": _python,
    "curl": _curl,
    "dc": _compose,
}
