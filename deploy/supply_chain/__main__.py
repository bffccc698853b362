"""`python -m deploy.supply_chain`: the gates, the bill of materials, and one line of figures.

With `--write` it also writes docs/licences.md and the bills into deploy/sbom.
"""

import argparse
import sys
import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime

from deploy.supply_chain import advisories, licences, policy, sbom
from deploy.supply_chain.lock import IMAGES, LOCKS, REPOSITORY, Package, packages
from deploy.supply_chain.page import PAGE, page


def main(arguments: Sequence[str] | None = None) -> int:
    """1 when a gate is not passed; with `--require-advisories` also when no source could be asked."""
    asked = _parser().parse_args(arguments)
    everything = _distinct([one for lock in LOCKS for one in packages(lock)])
    image = packages(IMAGES[asked.engine])
    accepted, licensed = policy.advisories(), policy.licences()
    found = licences.licences(image, licensed)
    audit = advisories.audit(everything, advisories.sources(asked.osv_url)) if asked.audit else None
    unhashed = [f"{one.name}: its lock has no hash" for one in everything if not one.hashes]
    said = [
        *unhashed,
        *licences.objections(found, licensed, {one.name for one in everything}),
        *advisories.objections(audit.findings if audit else None, accepted, datetime.now(UTC).date()),
    ]  # fmt: skip
    if asked.write:
        sbom.written(asked.engine, _version(), image, found)
        if asked.engine == "cpu":
            PAGE.write_text(page(image, found, licensed), "utf-8")
    for sentence in said:
        print(f"REFUSED  {sentence}")
    if audit is None:
        print(
            "NOT RUN  advisories: no source could be asked about known vulnerabilities, so nobody knows "
            "whether there are any. Run it where PyPI's service or OSV's is reached, or give it a mirror's "
            "--osv-url"
        )
    unknown = sum(licence == licences.UNKNOWN for licence in found.values())
    print(
        f"packages={len(everything)} unhashed={len(unhashed)} "
        f"advisories={len(audit.findings) if audit else 'unreachable'} allowed={len(accepted)} "
        f"licences_unknown={unknown} sbom_components={len(image)} refused={len(said)}"
    )
    return int(bool(said) or (audit is None and asked.require_advisories))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.supply_chain", description=__doc__)
    parser.add_argument("--engine", choices=sorted(IMAGES), default="cpu", help="of which image")
    parser.add_argument("--write", action="store_true", help="also write the page and the bill")
    parser.add_argument(
        "--no-audit", dest="audit", action="store_false", help="ask nobody about vulnerabilities"
    )
    parser.add_argument("--osv-url", default=advisories.OSV, help="of a mirror (%(default)s)")
    parser.add_argument(
        "--require-advisories", action="store_true", help="fail where no source can be asked"
    )
    return parser


def _distinct(every: list[Package]) -> list[Package]:
    return list({(one.name, one.version): one for one in every}.values())


def _version() -> str:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    return str(project["version"])


if __name__ == "__main__":
    sys.exit(main())
