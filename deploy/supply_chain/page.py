"""docs/licences.md: every package of the image and its licence, written from the lock."""

from collections import Counter
from collections.abc import Mapping, Sequence

from deploy.supply_chain.lock import REPOSITORY, Package
from deploy.supply_chain.policy import LicencePolicy

PAGE = REPOSITORY / "docs/licences.md"
_HEAD = """# Licences

**라이선스** · Everything that the CPU image installs from `deploy/requirements-cpu.lock`, with the licence
each package declares. `make licences` writes this page, and a test holds it to the lock. eventsmith itself
is under Apache-2.0, the bundled model and its corpus as well. Debian's packages in the base image tell
theirs in `/usr/share/doc`.

What is read is what packages declare, not every file in them. `LicenseRef-BSD` is a BSD licence whose
metadata do not say with how many clauses. The GPU image holds further packages, CUDA's among them under
NVIDIA's own terms: where they are installed (`make setup EXTRA=gpu`), the same command with `--engine gpu`
lists them, and refuses those that nobody has accepted.
"""


def page(packages: Sequence[Package], licences: Mapping[str, str], policy: LicencePolicy) -> str:
    """The whole page; versions are left to the lock."""
    counted = Counter(licences.values()).most_common()
    reasons = [policy.named[one.name] for one in packages if one.name in policy.named]
    parts = [
        _HEAD,
        "## Accepted by name\n",
        _table(
            ("package", "licence", "why"),
            [(f"`{r.package}`", r.licence, r.reason) for r in reasons],
        ),
        "## How many\n",
        _table(("licence", "packages"), [(licence, str(count)) for licence, count in counted]),
        "## All\n",
        _table(("package", "licence"), [(f"`{one.name}`", licences[one.name]) for one in packages]),
    ]
    return "\n".join(parts)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
