"""Known vulnerabilities of what is locked, by pip-audit: and whether anybody could be asked at all.

A source that answers nothing looks like one that knows of no vulnerability. So each is first asked about
a version that is known to be vulnerable: if it has never heard of that, it counts as not reached.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from deploy.supply_chain.lock import Package
from deploy.supply_chain.policy import Advisory

CANARY = Package("jinja2", "2.10", ())
"""GHSA-462w-v97r-4m45, of 2019: a way out of its sandbox."""
OSV = "https://api.osv.dev/v1/query"
UNAUDITED = "unaudited"
"""Instead of an advisory's name, of a package that the source does not know."""


@dataclass(frozen=True, order=True)
class Finding:
    """An advisory about a package, under every name it has."""

    package: str
    version: str
    ids: tuple[str, ...]
    fixed_in: tuple[str, ...] = ()


@dataclass(frozen=True)
class Audit:
    """What a source says; None: no source could be asked."""

    source: str
    findings: tuple[Finding, ...]


Sources = dict[str, tuple[str, ...]]
"""pip-audit's name of a service, and the options it takes."""


def sources(osv_url: str = OSV) -> Sources:
    """PyPI's own, then one that speaks as OSV does."""
    return {"pypi": (), "osv": ("--osv-url", osv_url)}


def audit(packages: Sequence[Package], sources: Sources) -> Audit | None:
    """By the first source that can be reached."""
    for source, options in sources.items():
        known = _asked([CANARY], source, options)
        if known and any(UNAUDITED not in one.ids for one in known):
            answers = [_asked(batch, source, options) for batch in _batches(packages)]
            found = [answer for answer in answers if answer is not None]
            if len(found) == len(answers):
                return Audit(source, tuple(sorted({one for answer in found for one in answer})))
    return None


def _batches(packages: Sequence[Package]) -> list[list[Package]]:
    """pip-audit takes one version of a package at a time, and the locks do not agree on all."""
    batches = list[dict[str, Package]]()
    for one in packages:
        free = next((batch for batch in batches if one.name not in batch), None)
        if free is None:
            batches.append(free := {})
        free[one.name] = one
    return [list(batch.values()) for batch in batches]


def objections(
    found: Sequence[Finding] | None, accepted: Sequence[Advisory], today: date
) -> list[str]:
    """Findings that nobody has accepted, and acceptances that have run out or are not needed."""
    said = [
        f"{one.package}: {one.id} was accepted until {one.expires}; look again"
        for one in accepted
        if one.expires < today
    ]
    if found is None:
        return said
    pairs = {(one.package, name) for one in found for name in one.ids}
    said += [
        f"{one.package}: {one.id} is accepted in advisories.toml and was not found; remove it"
        for one in accepted
        if (one.package, one.id) not in pairs
    ]
    known = {(one.package, one.id) for one in accepted}
    for one in found:
        if known.isdisjoint((one.package, name) for name in one.ids):
            fixed = f"fixed in {', '.join(one.fixed_in)}" if one.fixed_in else "no version fixes it"
            said.append(f"{one.package} {one.version}: {', '.join(one.ids)}; {fixed}")
    return said


def _asked(
    packages: Sequence[Package], source: str, options: Sequence[str]
) -> list[Finding] | None:
    """None when pip-audit does not come to an end."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("".join(f"{one.name}=={one.public}\n" for one in packages))
        file.flush()
        command = [
            str(Path(sys.executable).with_name("pip-audit")), "--disable-pip", "--no-deps",
            "--requirement", file.name, "--vulnerability-service", source, *options,
            "--format", "json", "--progress-spinner", "off", "--aliases", "on",
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    return _findings(done.stdout)


def _findings(output: str) -> list[Finding] | None:
    try:
        told: list[dict[str, Any]] = json.loads(output)["dependencies"]
    except (ValueError, KeyError):
        return None
    found = list[Finding]()
    for one in told:
        if "skip_reason" in one:
            found.append(Finding(one["name"], "", (UNAUDITED,)))
        for advisory in one.get("vulns", []):
            ids = (advisory["id"], *advisory["aliases"])
            found.append(Finding(one["name"], one["version"], ids, tuple(advisory["fix_versions"])))
    return found
