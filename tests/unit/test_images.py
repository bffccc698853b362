"""No image is fixed in a file: each is an argument, which may be NAME:TAG@sha256:DIGEST."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

_DIGEST = f"@sha256:{'0' * 64}"
_SERVICES = yaml.safe_load(Path("deploy/docker-compose.yml").read_text("utf-8"))["services"]


@pytest.mark.parametrize("name", _SERVICES)
def test_a_services_image_is_a_variable(name: str) -> None:
    image: str = _SERVICES[name]["image"]
    variable, default = re.fullmatch(r"\$\{(\w+_IMAGE):-([\w./-]+:[\w.-]+)\}", image).groups()  # pyright: ignore[reportOptionalMemberAccess]
    assert f"{variable}={default}\n" in Path(".env.example").read_text("utf-8")


def test_the_image_is_built_on_a_base_that_is_an_argument() -> None:
    text = Path("deploy/Dockerfile").read_text("utf-8")
    stages = set(re.findall(r"^FROM \S+ AS (\S+)$", text, re.MULTILINE))
    bases = set(re.findall(r"^FROM (\S+) AS \S+$", text, re.MULTILINE))
    assert bases - stages == {"${BASE_IMAGE}"}
    sources = set(re.findall(r"--from=(\S+)", text))
    assert sources <= stages


def test_pods_take_a_digest(tmp_path: Path) -> None:
    """As deploy.sh puts the version there; rendered by kustomize itself."""
    if shutil.which("kubectl") is None:
        pytest.skip("NOT TESTED: no kubectl, so no digest was put into an overlay; install kubectl")
    shutil.copytree("deploy/kuberay", tmp_path / "kuberay")
    base = tmp_path / "kuberay/base/kustomization.yaml"
    text = base.read_text("utf-8")
    assert "newTag: 0.1.0-gpu" in text
    base.write_text(text.replace("newTag: 0.1.0-gpu", f'newTag: "1.4.0{_DIGEST}"'), "utf-8")
    command = ["kubectl", "kustomize", str(tmp_path / "kuberay/overlays/production")]
    rendered = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    images = re.findall(r"image: (.*)", rendered)
    assert images == [f"eventsmith:1.4.0{_DIGEST}"] * 3
