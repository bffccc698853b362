"""The bill of materials of an image, as CycloneDX: the same bytes for the same lock."""

# The library's decorators hide what its classes take.
# pyright: reportCallIssue=false, reportUnknownArgumentType=false, reportAttributeAccessIssue=false
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from deploy.supply_chain.lock import REPOSITORY, Package

FOLDER = REPOSITORY / "deploy/sbom"
"""What lies here goes into the image, to /opt/eventsmith/sbom."""
_LICENCES = LicenseFactory()


def written(
    engine: str, version: str, packages: Sequence[Package], licences: Mapping[str, str]
) -> Path:
    """The file. Raises ValueError when it does not keep CycloneDX' schema."""
    text = document(engine, version, packages, licences)
    problem = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if problem is not None:
        raise ValueError(f"not CycloneDX: {problem}")
    path = FOLDER / f"eventsmith-{engine}.cdx.json"
    path.write_text(text, "utf-8")
    return path


def document(
    engine: str, version: str, packages: Sequence[Package], licences: Mapping[str, str]
) -> str:
    root: Any = Component(
        name=f"eventsmith-{engine}",
        version=version,
        type=ComponentType.APPLICATION,
        bom_ref="eventsmith",
        licenses=[_LICENCES.make_from_string("Apache-2.0")],
    )
    parts: list[Any] = [_component(one, licences.get(one.name, "")) for one in packages]
    content = "\n".join(f"{one.name}=={one.version}" for one in packages)
    bom = Bom(components=parts, serial_number=_serial(f"{engine} {version}\n{content}"))
    bom.metadata.component = root
    bom.metadata.timestamp = None  # pyright: ignore[reportAttributeAccessIssue] - or no two would be the same
    bom.register_dependency(root, parts)
    return JsonV1Dot6(bom).output_as_string(indent=1) + "\n"


def _component(package: Package, licence: str) -> Any:
    purl = PackageURL("pypi", None, package.name, package.version)
    files = ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION,
        url=XsUri(f"pkg:pypi/{package.name}@{package.public}"),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=one) for one in package.hashes],
    )
    return Component(
        name=package.name,
        version=package.version,
        type=ComponentType.LIBRARY,
        bom_ref=f"{package.name}@{package.version}",
        purl=purl,
        licenses=[_LICENCES.make_from_string(licence)] if licence else [],
        external_references=[files],
    )


def _serial(content: str) -> UUID:
    return uuid5(NAMESPACE_URL, content)
