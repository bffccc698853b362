"""The documents: they build, their links lead somewhere, and what they tell people to type works."""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from documented import PAGES, blocks, commands
from documented_commands import RUN, check
from documented_runs import reader
from pymdownx.slugs import slugify

from serve.api import create_api
from serve.settings import RolloutConfig
from serve.settings.reading import SECRETS

_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_LOADED = re.compile(r'(?:src=|<link\b[^>]*\bhref=)"(?:https?:)?//')
_GUIDE = Path("docs/operations-guide.md")


def test_the_site_builds_strictly_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) > len(list(Path("docs").glob("*.md")))
    assert [page for page in pages if _LOADED.search(page.read_text("utf-8"))] == []
    assert '"lang":["en","ko"]' in (tmp_path / "search/search_index.json").read_text("utf-8")


def without_code(page: Path) -> str:
    """Its text; blocks and code in sentences hold no links."""
    text = re.sub(r"^\s*```.*?^\s*```", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"`[^`\n]*`", "code", text)


def anchors(page: Path) -> set[str]:
    slug = slugify(case="lower")
    text = re.sub(r"^\s*```.*?^\s*```", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {slug(re.sub(r"[`*]", "", heading), "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_to_files_and_headings(page: Path) -> None:
    for link in _LINK.findall(without_code(page)):
        if link.startswith(("http://", "https://")):
            continue
        path, _, anchor = link.partition("#")
        target = Path(os.path.normpath(page.parent / path)) if path else page
        assert target.exists(), f"{page}: {link}"
        assert not anchor or anchor in anchors(target), f"{page}: no such heading: {link}"


def documented_calls() -> set[tuple[str, str]]:
    """(method, path) of every call in the table of docs/api.md."""
    calls, method, path = set[tuple[str, str]](), "", ""
    for row in re.findall(
        r"^\| (`[A-Z/].*?) \| (?:game|admin|anyone|alerts) ", _api(), re.MULTILINE
    ):
        waiting: list[str] = []
        for span in re.findall(r"`([^`]+)`", row):
            word, _, rest = span.partition(" ")
            if word.isupper() and not rest:
                waiting.append(word)  # `GET`, `PUT /path`: both of the path
                continue
            method, path = (word, rest) if rest else (method, path.rpartition("/")[0] + word)
            calls |= {(one, _plain(path)) for one in (*waiting, method)}
            waiting = []
    return calls


def _api() -> str:
    return Path("docs/api.md").read_text("utf-8")


def _plain(path: str) -> str:
    return re.sub(r"\{\w+\}", "{}", path)


def test_the_http_document_is_the_application_s() -> None:
    app = create_api(lambda: None)  # pyright: ignore[reportArgumentType] - nothing is called
    schema = app.openapi()["paths"]
    told = {
        (method.upper(), _plain(path)) for path, methods in schema.items() for method in methods
    }
    routes = {
        (method, _plain(route.path))  # pyright: ignore[reportAttributeAccessIssue]
        for route in app.routes
        for method in getattr(route, "methods", ())
    }
    documented = documented_calls()
    assert told - documented == set(), "in the application and not in docs/api.md"
    assert documented - routes == set(), "in docs/api.md and not in the application"


def variables() -> dict[str, tuple[str, str]]:
    """Default and meaning of every variable in the guide's table."""
    rows = re.findall(
        r"^\| `([A-Z_]+)` \| (.*?) \| (.*) \|$", _GUIDE.read_text("utf-8"), re.MULTILINE
    )
    return {name: (default.strip("`"), meaning) for name, default, meaning in rows}


def test_the_guide_has_every_variable_the_platform_reads_with_its_default() -> None:
    files = [*Path("serve/settings").glob("*.py"), Path("serve/telemetry.py")]
    code = "".join(path.read_text("utf-8") for path in files)
    assert set(re.findall(r'"([A-Z]+(?:_[A-Z]+)+)"', code)) == variables().keys()
    assert {name for name, (_, told) in variables().items() if told.startswith("*secret.*")} == set(
        SECRETS
    )
    defaults = dict(re.findall(r'(?:number|flag)\(env, "(\w+)", ([\w.]+)', code))
    defaults |= dict(re.findall(r'env\.get\("(\w+)", ""\)[.\w()]* or "([^"]+)"', code))
    assert len(defaults) > 6
    for name, default in defaults.items():
        assert variables()[name][0] == default.lower(), name


def test_the_checklist_has_the_gates_of_the_configuration() -> None:
    page, gates = Path("docs/release-checklist.md").read_text("utf-8"), RolloutConfig()
    assert " → ".join(f"{stage:g}" for stage in gates.stages) == "10 → 25 → 50 → 100"
    assert ", ".join(f"{stage:g}" for stage in gates.stages) in page
    for figure, limit, worse, least in (
        (
            "errors",
            f"≤ {gates.error_share:.0%}",
            f"{gates.worse_by:.0%} more",
            gates.least_requests,
        ),
        ("slow", f"≤ {gates.slow_share:.0%}", f"{gates.worse_by:.0%} more", gates.least_requests),
        (
            "discards",
            f"≤ {gates.discard_share:.0%}",
            f"{gates.discards_more:.0%} more",
            gates.least_drafts,
        ),
        (
            "quality",
            f"≥ {gates.quality:g}",
            f"{gates.points_fewer:g} points fewer",
            gates.least_drafts,
        ),
    ):
        row = re.search(rf"^\| `{figure}`.*$", page, re.MULTILINE)
        assert row, figure
        cells = row[0].replace(" %", "%").replace(" points more", "% more").split(" | ")
        assert (cells[1], cells[2], cells[3].split()[0]) == (limit, worse, str(least)), figure


def test_every_symptom_has_a_cause_or_a_place_to_look_and_a_fix() -> None:
    page = Path("docs/troubleshooting.md").read_text("utf-8")
    entries = re.findall(r"^### (.+)\n\n((?:(?!^#).*\n)+)", page, re.MULTILINE)
    assert len(entries) >= 20
    for symptom, text in entries:
        assert re.search(r"\*(Look|Cause|Cause and fix)\.\*", text), symptom
        assert re.search(r"\*(Fix|Cause and fix)\.\*", text), symptom


def test_every_documented_command_works_or_exists(
    tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    told, wrong = list[str](), list[str]()
    outcomes = Counter[str]()
    for page in PAGES:
        with reader(tmp_path_factory.mktemp("reader")) as somebody:
            for command in commands(page):
                try:
                    outcome = check(command)
                    if outcome == RUN:
                        somebody.type(command)
                except AssertionError as error:
                    wrong.append(f"{command}\n    {error}")
                else:
                    outcomes[outcome] += 1
                    told.append(f"{'run' if outcome == RUN else 'checked'}  {command}  ({outcome})")
    print(*told, sep="\n")
    with capsys.disabled():
        print(
            "\ndocumented commands: "
            + ", ".join(f"{n} {name}" for name, n in outcomes.most_common())
        )
    assert wrong == [], "\n".join(wrong)
    assert outcomes[RUN] >= 40


def test_no_command_hides_in_a_block_that_is_not_marked_as_shell() -> None:
    program = re.compile(
        r"(\$ |\.venv/bin/)?(eventsmith(-eval)?|curl|make|python|docker|dc|kubectl) "
    )
    for page in PAGES:
        for block in blocks(page):
            if block.language not in ("console", "bash"):
                assert [line for line in block.lines if program.match(line)] == [], block
