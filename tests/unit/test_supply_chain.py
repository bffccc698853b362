"""What the images are made of: pinned by hash, licensed as accepted, listed; and what is refused."""

import json
import re
from datetime import date
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from deploy.supply_chain import advisories, licences, lock, policy, sbom
from deploy.supply_chain.__main__ import main
from deploy.supply_chain.advisories import UNAUDITED, Finding
from deploy.supply_chain.lock import IMAGES, LOCKS, Package, packages
from deploy.supply_chain.page import PAGE, page
from deploy.supply_chain.policy import Advisory, Licence, LicencePolicy

_TODAY = date(2026, 11, 28)


@pytest.mark.parametrize("path", LOCKS, ids=str)
def test_every_line_of_a_lock_is_pinned_by_hash(path: Path) -> None:
    held = packages(path)
    assert held
    assert [one.name for one in held if not one.hashes] == []
    text = path.read_text("utf-8")
    assert not re.search(r"://|^-|--(index|extra|find|trusted)", text, re.MULTILINE)
    assert set(re.findall(r"--\w+", text)) == {"--hash"}


@pytest.mark.parametrize("line", ["flask>=2", "flask @ https://x/y.whl", "-e .", "--index-url x"])
def test_what_pins_nothing_is_no_lock(line: str, tmp_path: Path) -> None:
    (tmp_path / "lock").write_text(f"{line}\n")
    with pytest.raises(ValueError, match="not pinned"):
        packages(tmp_path / "lock")


def test_a_builders_mark_is_no_part_of_the_version_that_advisories_name() -> None:
    assert Package("torch", "2.13.0+cpu", ()).public == "2.13.0"


def test_the_image_installs_from_these_locks_and_by_their_hashes() -> None:
    text = Path("deploy/Dockerfile").read_text("utf-8").replace("\\\n", " ")
    installs = re.findall(r"(?:pip install|pip sync|uv build)[^&\n]*", text)
    own = [one for one in installs if "--no-deps" in one]
    assert len(own) == 1, "the platform's own wheel, which was built two lines before"
    assert all("--require-hashes" in one for one in installs if one not in own)
    assert len(installs) == 5
    mounted = {Path(one) for one in re.findall(r"source=(deploy/requirements-\S+?),", text)}
    assert mounted == set(LOCKS) - {Path("requirements-cpu.lock"), Path("requirements-gpu.lock")}


def test_a_developers_machine_installs_by_hashes_too() -> None:
    text = Path("deploy/scripts/setup.sh").read_text("utf-8").replace("\\\n", " ")
    installs = [line for line in text.splitlines() if re.search(r"pip (install|sync)", line)]
    assert len(installs) == 4
    assert all("--require-hashes" in one or "--editable ." in one for one in installs)


_POLICY = LicencePolicy(
    frozenset({"MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"}),
    {"named": Licence("named", "GPL-2.0-only", "a program of its own")},
)


@pytest.mark.parametrize(
    ("licence", "refused"),
    [
        ("MIT", False),
        ("MIT AND Apache-2.0", False),
        ("GPL-3.0-only OR MIT", False),
        ("Apache-2.0 WITH LLVM-exception AND MIT", False),
        ("MIT AND GPL-3.0-only", True),
        ("MIT AND (GPL-3.0-only OR AGPL-3.0-only)", True),
        ("AGPL-3.0-or-later", True),
        ("LicenseRef-Something", True),
        (licences.UNKNOWN, True),
    ],
)
def test_a_licence_is_accepted_or_refused(licence: str, refused: bool) -> None:
    found = {"package": licence, "named": "GPL-2.0-only"}
    said = licences.objections(found, _POLICY, set(found))
    assert [one.partition(":")[0] for one in said] == (["package"] if refused else [])


def test_an_exception_for_what_is_gone_is_refused() -> None:
    (said,) = licences.objections({"a": "MIT"}, _POLICY, {"a"})
    assert said == "named: in licences.toml, and in no lock"


def test_an_exception_without_a_reason_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "licences.toml"
    file.write_text('allowed = []\n[[package]]\npackage = "a"\nlicence = "MIT"\nreason = " "\n')
    with pytest.raises(ValueError, match="needs a reason"):
        policy.licences(file)


def test_nothing_in_the_image_is_unknown_or_unaccepted() -> None:
    accepted, held = policy.licences(), packages(IMAGES["cpu"])
    found = licences.licences(held, accepted)
    assert licences.objections(found, accepted, {one.name for one in held}) == []


def test_the_page_of_licences_is_what_the_lock_says() -> None:
    held, accepted = packages(IMAGES["cpu"]), policy.licences()
    written = page(held, licences.licences(held, accepted), accepted)
    assert PAGE.read_text("utf-8") == written, "make licences"


def test_the_bill_of_materials_lists_the_lock_and_is_the_same_each_time() -> None:
    held, accepted = packages(IMAGES["cpu"]), policy.licences()
    found = licences.licences(held, accepted)
    text = sbom.document("cpu", "1.0", held, found)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    told = json.loads(text)
    assert {(one["name"], one["version"]) for one in told["components"]} == {
        (one.name, one.version) for one in held
    }
    assert all(one["licenses"] for one in told["components"])
    (root,) = (one for one in told["dependencies"] if one["ref"] == "eventsmith")
    assert len(root["dependsOn"]) == len(held)
    few = held[:3]
    assert sbom.document("cpu", "1.0", few, found) == sbom.document("cpu", "1.0", few, found)
    assert sbom.document("cpu", "1.0", few, found) != sbom.document("cpu", "1.1", few, found)


def test_what_is_no_bill_of_materials_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sbom, "document", lambda *_: '{"bomFormat": "other"}')
    with pytest.raises(ValueError, match="not CycloneDX"):
        sbom.written("cpu", "1.0", [], {})


def accepted_until(day: date, package: str = "click") -> Advisory:
    return Advisory("GHSA-1", package, "never called", date(2026, 1, 1), day)


_CLICK = Finding("click", "8.0", ("PYSEC-1", "GHSA-1"), ("8.1",))
_LATER, _EARLIER = date(2027, 1, 1), date(2026, 11, 27)


@pytest.mark.parametrize(
    ("found", "accepted", "said"),
    [
        ([], [], ""),
        ([_CLICK], [], "click 8.0: PYSEC-1, GHSA-1; fixed in 8.1"),
        ([_CLICK], [accepted_until(_LATER)], ""),
        ([_CLICK], [accepted_until(_TODAY)], ""),
        ([_CLICK], [accepted_until(_EARLIER)], "accepted until 2026-11-27; look again"),
        ([_CLICK], [accepted_until(_LATER, "flask")], "flask: GHSA-1 is accepted in advisories.toml"),
        ([], [accepted_until(_LATER)], "was not found; remove it"),
        ([Finding("own", "", (UNAUDITED,))], [], "own : unaudited; no version fixes it"),
        (None, [accepted_until(_LATER)], ""),
        (None, [accepted_until(_EARLIER)], "look again"),
    ],
    ids=[
        "nothing", "found", "accepted", "last day", "run out", "another package's", "not needed",
        "unknown to the source", "nobody asked", "nobody asked and run out",
    ],
)  # fmt: skip
def test_an_advisory_is_refused_or_accepted(
    found: list[Finding] | None, accepted: list[Advisory], said: str
) -> None:
    objections = advisories.objections(found, accepted, _TODAY)
    assert bool(objections) == bool(said)
    assert any(said in one for one in objections) or not said


@pytest.mark.parametrize(("arguments", "status"), [((), 0), (("--require-advisories",), 1)])
def test_advisories_nobody_was_asked_about_are_told_as_not_run(
    arguments: tuple[str, ...], status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--no-audit", *arguments]) == status
    *_, told, figures = capsys.readouterr().out.splitlines()
    assert told.startswith("NOT RUN  advisories:")
    count = len({(one.name, one.version) for path in lock.LOCKS for one in packages(path)})
    assert figures == (
        f"packages={count} unhashed=0 advisories=unreachable allowed=0 licences_unknown=0 "
        f"sbom_components={len(packages(IMAGES['cpu']))} refused=0"
    )
