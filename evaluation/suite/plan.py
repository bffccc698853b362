"""What a suite asks: its arms, and the trials of each, the same ones for all."""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b, sha256
from itertools import product
from pathlib import Path
from random import Random

from pydantic import ValidationError

from evaluation.dataset import Dataset, Scenario, read_dataset
from evaluation.suite.config import Platform, SuiteConfig, Target, read_suite
from serve.domain.balance import BalancePolicy
from serve.domain.brief import Brief, Situation
from serve.errors import ConfigurationError
from serve.prompts import PromptVariant, Sampling, load, parse


@dataclass(frozen=True, slots=True)
class Arm:
    """One way of writing events: a prompt variant, a model, and how it is sampled."""

    name: str
    """`variant/model/sampling`."""
    model: str
    """The model's name in the suite."""
    target: Target
    prompt: PromptVariant | None
    """With the arm's sampling; None for a platform, which has its own."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One order to one arm. Equal scenario and repeat: equal brief and seed, whatever the arm."""

    arm: Arm
    scenario: Scenario
    repeat: int
    brief: Brief
    seed: int

    @property
    def key(self) -> tuple[str, str, int]:
        """Names it in the journal."""
        return self.arm.name, self.scenario.id, self.repeat


@dataclass(frozen=True, slots=True)
class Suite:
    """A suite ready to run."""

    config: SuiteConfig
    dataset: Dataset
    arms: tuple[Arm, ...]

    @property
    def baseline(self) -> Arm:
        wanted = self.config.baseline or self.arms[0].name
        return next(arm for arm in self.arms if arm.name == wanted)

    @property
    def size(self) -> int:
        """Trials in all."""
        return len(self.dataset.scenarios) * len(self.arms) * self.config.repeats

    @property
    def fingerprint(self) -> str:
        """Equal for suites that would ask the same; concurrency and reports do not count."""
        asked = {
            "config": self.config.model_dump(mode="json", exclude=_HOW),
            "dataset": self.dataset.digest,
            "arms": {
                arm.name: arm.prompt and arm.prompt.model_dump(mode="json") for arm in self.arms
            },
        }
        return sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]

    def trials(self, policy: BalancePolicy) -> Iterator[Trial]:
        """The arms take turns, and turns at being first: a busy machine is the same for all of
        them, and so is what the first pays for a grammar or a prompt that the next finds cached."""
        orders = product(range(self.config.repeats), self.dataset.scenarios)
        for number, (repeat, scenario) in enumerate(orders):
            seed = _seed(self.config.seed, scenario, repeat)
            brief = _brief(scenario, policy, seed)
            first = number % len(self.arms)
            for arm in (*self.arms[first:], *self.arms[:first]):
                yield Trial(arm, scenario, repeat, brief, seed)


_HOW = {"name", "concurrency", "traces", "margin", "baseline"}


def read_plan(path: Path) -> Suite:
    """Raises ConfigurationError naming what is unknown or wrong, and the choices there are."""
    config = read_suite(path)
    dataset = read_dataset(_relative(config.dataset, path))
    if config.scenarios:
        dataset = dataset.spread(config.scenarios)
    arms = tuple(_arms(config, path))
    if config.baseline and config.baseline not in {arm.name for arm in arms}:
        names = ", ".join(arm.name for arm in arms)
        raise ConfigurationError(f"{path}: baseline: no arm {config.baseline!r}; there are {names}")
    return Suite(config, dataset, arms)


def key_of(variable: str, environ: Mapping[str, str] | None = None) -> str:
    """A secret named in a suite, from the environment. Raises ConfigurationError if it is unset."""
    if not variable:
        return ""
    found = (os.environ if environ is None else environ).get(variable, "")
    if not found:
        raise ConfigurationError(f"{variable} is not set; the suite's key_env asks for it")
    return found


def _arms(config: SuiteConfig, path: Path) -> Iterator[Arm]:
    variants = [_variant(name, path) for name in config.prompts]
    for model, target in config.models.items():
        if isinstance(target, Platform):
            yield Arm(f"served/{model}/served", model, target, None)
            continue
        for name, variant in variants:
            for setting, changes in config.sampling.items():
                prompt = _sampled(variant, setting, changes, path)
                yield Arm(f"{name}/{model}/{setting}", model, target, prompt)


def _variant(name: str, path: Path) -> tuple[str, PromptVariant]:
    """(short name, variant) of a shipped variant or of a file beside the suite."""
    if not name.endswith((".yaml", ".yml")):
        return name, load(name)
    file = path.parent / name
    try:
        return file.stem, parse(file.read_text("utf-8"), str(file))
    except OSError as error:
        raise ConfigurationError(f"{path}: prompts: cannot read {file}") from error


def _sampled(
    variant: PromptVariant, setting: str, changes: Mapping[str, float], path: Path
) -> PromptVariant:
    try:
        sampling = Sampling.model_validate(variant.sampling.model_dump() | dict(changes))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(["sampling", setting, *(str(part) for part in first["loc"])])
        raise ConfigurationError(f"{path}: {where}: {first['msg']}") from error
    return variant.model_copy(update={"sampling": sampling})


def _relative(name: str, path: Path) -> str:
    """A dataset's name as it is, a dataset's path as seen from the suite."""
    return str(path.parent / name) if name.endswith(".jsonl") else name


def _seed(suite_seed: int, scenario: Scenario, repeat: int) -> int:
    text = f"{suite_seed}|{scenario.id}|{repeat}"
    return int.from_bytes(blake2b(text.encode(), digest_size=4).digest()) >> 1


def _brief(scenario: Scenario, policy: BalancePolicy, seed: int) -> Brief:
    situation = Situation.of(scenario.game_state, scenario.locale, policy)
    return Brief.draw(situation, scenario.game_state, Random(seed), scenario.event_type)
