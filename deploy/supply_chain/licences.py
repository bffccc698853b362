"""Under which licence each package comes: what it says of itself, in the spelling of SPDX."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from importlib import metadata
from typing import Any

from license_expression import AND, OR, ExpressionError, get_spdx_licensing

from deploy.supply_chain.lock import Package
from deploy.supply_chain.policy import LicencePolicy

UNKNOWN = ""
_SPELT = {
    "Apache Software License": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache 2.0 License": "Apache-2.0",
    "BSD License": "LicenseRef-BSD",  # of which clauses, its file says
    "3-Clause BSD License": "BSD-3-Clause",
    "GPLv2": "GPL-2.0-only",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
}
_SPDX = get_spdx_licensing()


def licences(packages: Sequence[Package], policy: LicencePolicy) -> dict[str, str]:
    """Package to expression; `UNKNOWN` where neither the package nor the policy tells."""
    return {
        one.name: policy.named[one.name].licence if one.name in policy.named else _own(one.name)
        for one in packages
    }


def objections(found: dict[str, str], policy: LicencePolicy, held: AbstractSet[str]) -> list[str]:
    """Why not, one sentence per package; and exceptions for what no lock holds any more."""
    said = list[str]()
    for name, licence in found.items():
        if licence == UNKNOWN:
            said.append(f"{name}: its licence is unknown; name it in licences.toml")
        elif name not in policy.named and not _accepted(licence, policy.allowed):
            said.append(f"{name}: {licence} needs a reason in licences.toml")
    unused = policy.named.keys() - held
    return said + [f"{name}: in licences.toml, and in no lock" for name in sorted(unused)]


def _own(name: str) -> str:
    """From its metadata: the expression, else the classifiers, else a short text."""
    try:
        told: Any = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return UNKNOWN
    classified = [
        classifier.rpartition(" :: ")[2]
        for classifier in told.get_all("Classifier") or []
        if classifier.startswith("License :: ")
    ]
    spelt = [_SPELT.get(one, "") for one in classified if one != "OSI Approved"]
    for candidate in (told.get("License-Expression"), _joined(spelt), told.get("License")):
        text = _SPELT.get((candidate or "").strip(), (candidate or "").strip())
        if text and _readable(text):
            return text
    return UNKNOWN


def _joined(spelt: list[str]) -> str:
    """Several classifiers leave open whether all hold or one may be chosen: all of them."""
    return " AND ".join(spelt) if spelt and all(spelt) else ""


def _readable(expression: str) -> bool:
    if expression.startswith("LicenseRef-"):
        return True
    try:
        return not _SPDX.validate(expression).errors
    except (ExpressionError, AttributeError):
        return False


def _accepted(expression: str, allowed: frozenset[str]) -> bool:
    return expression in allowed or _holds(_SPDX.parse(expression), allowed)


def _holds(parsed: object, allowed: frozenset[str]) -> bool:
    if isinstance(parsed, (AND, OR)):
        parts = [_holds(part, allowed) for part in parsed.args]
        return all(parts) if isinstance(parsed, AND) else any(parts)
    return str(parsed) in allowed
