"""Manifests of Kubernetes, rendered and checked without a cluster.

Rendering needs kustomize, which is in every kubectl.
"""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from jsonschema import Draft202012Validator
from ray.serve.schema import ServeDeploySchema

from serve.local.cluster import EVERYWHERE
from serve.settings import PlatformArgs
from serve.settings.reading import SECRETS

FOLDER = Path("deploy/kuberay")
VERSION = "1.31"
OWN = {"RayService", "PodMonitor", "ServiceMonitor"}
"""Kinds that Kubernetes itself does not know."""
_FIELDS = json.loads(Path("tests/unit/data/rayservice-fields.json").read_text("utf-8"))["spec"]

Manifest = dict[str, Any]


@pytest.fixture(scope="module", params=["staging", "production"])
def manifests(request: pytest.FixtureRequest) -> list[Manifest]:
    if shutil.which("kubectl") is None:
        pytest.skip("NOT TESTED: no kubectl, so no overlay was rendered; install kubectl")
    command = ["kubectl", "kustomize", str(FOLDER / "overlays" / request.param)]
    rendered = subprocess.run(command, capture_output=True, text=True, check=False)
    assert rendered.returncode == 0, rendered.stderr
    return list(yaml.safe_load_all(rendered.stdout))


@pytest.fixture
def service(manifests: list[Manifest]) -> Manifest:
    return next(one for one in manifests if one["kind"] == "RayService")["spec"]


def templates(service: Manifest) -> list[Manifest]:
    """The pods of head and workers."""
    cluster = service["rayClusterConfig"]
    groups = [cluster["headGroupSpec"], *cluster["workerGroupSpecs"]]
    return [group["template"] for group in groups]


def containers(service: Manifest) -> list[Manifest]:
    return [one for pod in templates(service) for one in pod["spec"]["containers"]]


def test_what_kubernetes_knows_is_valid(manifests: list[Manifest]) -> None:
    core = [one for one in manifests if one["kind"] not in OWN]
    assert {one["kind"] for one in core} >= {
        "Namespace", "NetworkPolicy", "PodDisruptionBudget", "PersistentVolumeClaim",
    }  # fmt: skip
    for manifest in core:
        kubernetes_validate.validate(manifest, VERSION, strict=True)


def test_the_pods_are_valid(service: Manifest) -> None:
    for template in templates(service):
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, **template}
        kubernetes_validate.validate(pod, VERSION, strict=True)


def test_every_field_of_the_ray_service_is_one_that_kuberay_has(service: Manifest) -> None:
    problems = [error.message for error in Draft202012Validator(_FIELDS).iter_errors(service)]
    assert problems == []
    service["rayClusterConfig"]["headGroup"] = {}
    assert not Draft202012Validator(_FIELDS).is_valid(service), "the check itself must see a slip"


def test_it_serves_what_the_configuration_says(service: Manifest) -> None:
    text = Path("configs/serve/gpu.yaml").read_text("utf-8")
    table = yaml.safe_load(text)
    assert yaml.safe_load(service["serveConfigV2"]) == table
    ServeDeploySchema.model_validate(table)
    PlatformArgs.model_validate(table["applications"][0]["args"])


def test_every_node_has_what_ray_must_find_when_it_starts(service: Manifest) -> None:
    of_the_operator = {"RAY_AUTH_MODE": service["rayClusterConfig"]["authOptions"]["mode"]}
    for container in containers(service):
        environment = {one["name"]: one["value"] for one in container["env"]}
        assert (environment | of_the_operator).items() >= EVERYWHERE.items()
        assert environment.keys().isdisjoint({"RAY_AUTH_MODE", "RAY_AUTH_TOKEN"})


def test_secrets_are_files_that_are_there(service: Manifest) -> None:
    """Named as `deploy/scripts/secrets.sh` names them: its folder becomes the secret."""
    script = Path("deploy/scripts/secrets.sh").read_text("utf-8")
    for container in containers(service):
        environment = {one["name"]: one["value"] for one in container["env"]}
        for name in SECRETS:
            folder, _, file = environment[f"{name}_FILE"].rpartition("/")
            assert folder == "/run/secrets"
            assert file in script
            assert name not in environment


def test_nobody_runs_as_root_or_writes_where_programs_lie(service: Manifest) -> None:
    for template in templates(service):
        assert template["spec"]["securityContext"]["runAsNonRoot"]
    autoscaler = service["rayClusterConfig"]["autoscalerOptions"]
    for container in (*containers(service), autoscaler):
        context = container["securityContext"]
        assert context["readOnlyRootFilesystem"]
        assert not context["allowPrivilegeEscalation"]
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}


def test_ray_asks_for_a_token_and_outlives_its_head(service: Manifest) -> None:
    cluster = service["rayClusterConfig"]
    assert cluster["authOptions"] == {"mode": "token"}
    assert cluster["gcsFaultToleranceOptions"]["redisAddress"]
    assert cluster["enableInTreeAutoscaling"]
    assert cluster["headGroupSpec"]["rayStartParams"]["num-cpus"] == "0"


def test_the_workers_hold_what_the_configuration_asks_for(service: Manifest) -> None:
    """At its least, every deployment's replicas fit on the workers there are at the least."""
    table = yaml.safe_load(service["serveConfigV2"])
    wanted = dict.fromkeys(("num_cpus", "num_gpus"), 0.0)
    for deployment in table["applications"][0]["deployments"]:
        for name in wanted:
            each = deployment["ray_actor_options"].get(name, 0)
            wanted[name] += each * deployment["autoscaling_config"]["min_replicas"]
    workers = service["rayClusterConfig"]["workerGroupSpecs"]
    cpus = sum(
        group["minReplicas"]
        * int(group["template"]["spec"]["containers"][0]["resources"]["requests"]["cpu"])
        for group in workers
    )
    gpus = sum(
        group["minReplicas"]
        * int(
            group["template"]["spec"]["containers"][0]["resources"]["limits"].get(
                "nvidia.com/gpu", 0
            )
        )
        for group in workers
    )
    assert cpus >= wanted["num_cpus"]
    assert gpus >= wanted["num_gpus"]


def test_upgrades_lose_nothing_that_is_on_its_way(service: Manifest) -> None:
    assert service["upgradeStrategy"] == {"type": "NewCluster"}
    assert service["rayClusterDeletionDelaySeconds"] >= 60
    for template in templates(service)[1:]:
        (worker,) = template["spec"]["containers"]
        assert worker["lifecycle"]["preStop"]
        assert template["spec"]["terminationGracePeriodSeconds"] >= 120
        assert worker["readinessProbe"]["httpGet"]["path"] == "/-/healthz"


def test_the_control_plane_is_closed(manifests: list[Manifest]) -> None:
    policies = {
        one["metadata"]["name"]: one["spec"] for one in manifests if one["kind"] == "NetworkPolicy"
    }
    closed = policies["closed"]
    assert (closed["podSelector"], closed.get("ingress"), closed.get("egress")) == ({}, None, None)
    assert closed["policyTypes"] == ["Ingress", "Egress"]
    guarded = {6379, 8265, 10001, 8404, 9101, 52365}
    for name, policy in policies.items():
        for rule in policy.get("ingress", ()):
            ports = {port["port"] for port in rule.get("ports", ())}
            if name == "ray-among-itself":
                continue
            assert ports, f"{name} opens every port"
            assert name == "operator" or not ports & guarded, name


def test_everything_is_in_one_namespace(manifests: list[Manifest]) -> None:
    (name,) = {one["metadata"]["name"] for one in manifests if one["kind"] == "Namespace"}
    others = {one["metadata"]["namespace"] for one in manifests if one["kind"] != "Namespace"}
    assert others == {name}


def test_the_alerts_are_the_same_as_everywhere() -> None:
    """What the Prometheus operator is handed are the rules that are tested."""
    told = subprocess.run(
        ["deploy/scripts/prometheus-rule.sh"], capture_output=True, text=True, check=True
    ).stdout
    files = sorted(Path("configs/prometheus/rules").glob("*.yml"))
    groups = [
        group for file in files for group in yaml.safe_load(file.read_text("utf-8"))["groups"]
    ]
    assert yaml.safe_load(told)["spec"]["groups"] == groups
