"""Datasets as files: JSON Lines, a scenario a line, shipped ones in `evaluation/dataset/files`."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from evaluation.dataset.scenario import Scenario
from serve.errors import ConfigurationError

_SUFFIX = ".jsonl"


@dataclass(frozen=True)
class Dataset:
    """Scenarios with ids of their own, in the order of the file."""

    name: str
    scenarios: tuple[Scenario, ...]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what is asked; a note that is reworded changes nothing."""
        asked = (one.model_dump_json(by_alias=True, exclude={"note"}) for one in self.scenarios)
        return sha256("\n".join(asked).encode()).hexdigest()

    def spread(self, count: int) -> "Dataset":
        """At most so many, over all stages and difficulties as evenly as there are; always the same."""
        groups = defaultdict[tuple[str, str], list[Scenario]](list)
        for one in self.scenarios:
            groups[one.game_state.stage, one.game_state.difficulty].append(one)
        chosen = {one.id for one in list(_in_turn(groups.values()))[:count]}
        kept = tuple(one for one in self.scenarios if one.id in chosen)
        return Dataset(self.name, kept)


def available() -> tuple[str, ...]:
    """Names of the datasets that are shipped."""
    names = (entry.name for entry in files("evaluation.dataset").joinpath("files").iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX)))


def read_dataset(name: str) -> Dataset:
    """A shipped dataset by its name, or a file by its path, which ends in `.jsonl`.

    Raises ConfigurationError naming file, line and field.
    """
    if not name.endswith(_SUFFIX):
        if name not in available():
            there = ", ".join(available())
            raise ConfigurationError(
                f"no dataset {name!r}; there are {there}, or name a .jsonl file"
            )
        text = files("evaluation.dataset").joinpath("files", name + _SUFFIX).read_text("utf-8")
        return parse_dataset(text, name)
    path = Path(name)
    try:
        return parse_dataset(path.read_text("utf-8"), path.stem)
    except OSError as error:
        raise ConfigurationError(f"dataset {path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError:
        raise ConfigurationError(f"dataset {path}: is not UTF-8") from None


def parse_dataset(text: str, name: str) -> Dataset:
    """Raises ConfigurationError as `read_dataset` does."""
    scenarios = tuple(_scenarios(text, name))
    if not scenarios:
        raise ConfigurationError(f"dataset {name}: holds no scenario")
    return Dataset(name, scenarios)


def to_lines(scenarios: Iterable[Scenario]) -> str:
    """What a dataset's file holds."""
    return "".join(
        one.model_dump_json(by_alias=True, exclude_defaults=True) + "\n" for one in scenarios
    )


def _scenarios(text: str, name: str) -> Iterator[Scenario]:
    seen = dict[str, int]()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            one = Scenario.model_validate(json.loads(line))
        except json.JSONDecodeError as error:
            raise ConfigurationError(
                f"dataset {name}:{number}: is not JSON ({error.msg})"
            ) from None
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise ConfigurationError(f"dataset {name}:{number}: {where}: {first['msg']}") from None
        if one.id in seen:
            raise ConfigurationError(
                f"dataset {name}:{number}: id: {one.id} stands in line {seen[one.id]} already"
            )
        seen[one.id] = number
        yield one


def _in_turn(groups: Iterable[list[Scenario]]) -> Iterator[Scenario]:
    """One of each group, then the next of each, until none is left."""
    waiting = [iter(group) for group in groups]
    while waiting:
        for group in list(waiting):
            one = next(group, None)
            if one is None:
                waiting.remove(group)
            else:
                yield one
